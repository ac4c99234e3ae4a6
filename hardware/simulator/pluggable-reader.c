/*
 * A virtual USB card reader that can be plugged and unplugged under an unchanged pcscd. It stands on both sides of pcscd:
 *
 * - below: as a PC/SC driver. Every call goes on to vpcd's own driver (libifdvpcd.so, beside this file); while the reader is unplugged
 *   it says "there is no such device", as libccid does.
 * - as libudev (LD_PRELOAD): pcscd 1.9.9 knows from libudev which USB readers there are. This libudev knows exactly one USB device,
 *   and reports "remove" and "add" when the file named in KAZASU_READER_UNPLUGGED appears and goes.
 *
 * So pcscd's own hot-plug code runs (hotplug_libudev.c: HPAddDevice, HPRemoveDevice), as with a real plug. Readers of reader.conf
 * cannot be unplugged: built with libudev, pcscd never looks at them again. For the simulator only.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <PCSC/ifdhandler.h>

#define VPCD_PORT 0x8C7B

static const char *unplugged_file(void)
{
	const char *file = getenv("KAZASU_READER_UNPLUGGED");
	if (file == NULL) {
		fprintf(stderr, "pluggable-reader: KAZASU_READER_UNPLUGGED is not set\n");
		abort();
	}
	return file;
}

static int unplugged(void)
{
	return access(unplugged_file(), F_OK) == 0;
}

/* ---- the driver ------------------------------------------------------------------------------------------------------------- */

static void *function(const char *name)
{
	static void *driver = NULL;
	void *found;
	if (driver == NULL) {
		Dl_info here;
		char own[PATH_MAX], path[PATH_MAX + 32];
		dladdr((void *) unplugged_file, &here);
		snprintf(own, sizeof own, "%s", here.dli_fname);
		snprintf(path, sizeof path, "%s/libifdvpcd.so", dirname(own));
		driver = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	}
	found = driver == NULL ? NULL : dlsym(driver, name);
	if (found == NULL) {
		fprintf(stderr, "pluggable-reader: %s\n", dlerror());
		abort();
	}
	return found;
}

#define PASS_ON(name, signature, ...) return ((RESPONSECODE (*) signature) function(#name))(__VA_ARGS__)
#define NEED_PLUG if (unplugged()) return IFD_NO_SUCH_DEVICE

RESPONSECODE IFDHCreateChannel(DWORD lun, DWORD channel)
{
	NEED_PLUG;
	PASS_ON(IFDHCreateChannel, (DWORD, DWORD), lun, channel);
}

/* The name is that of the USB device; vpcd would take it for a host to connect to. */
RESPONSECODE IFDHCreateChannelByName(DWORD lun, LPSTR device)
{
	(void) device;
	return IFDHCreateChannel(lun, VPCD_PORT);
}

RESPONSECODE IFDHCloseChannel(DWORD lun)
{
	PASS_ON(IFDHCloseChannel, (DWORD), lun);
}

RESPONSECODE IFDHGetCapabilities(DWORD lun, DWORD tag, PDWORD length, PUCHAR value)
{
	PASS_ON(IFDHGetCapabilities, (DWORD, DWORD, PDWORD, PUCHAR), lun, tag, length, value);
}

RESPONSECODE IFDHSetCapabilities(DWORD lun, DWORD tag, DWORD length, PUCHAR value)
{
	PASS_ON(IFDHSetCapabilities, (DWORD, DWORD, DWORD, PUCHAR), lun, tag, length, value);
}

RESPONSECODE IFDHSetProtocolParameters(DWORD lun, DWORD protocol, UCHAR flags, UCHAR pts1, UCHAR pts2, UCHAR pts3)
{
	NEED_PLUG;
	PASS_ON(IFDHSetProtocolParameters, (DWORD, DWORD, UCHAR, UCHAR, UCHAR, UCHAR), lun, protocol, flags, pts1, pts2, pts3);
}

RESPONSECODE IFDHPowerICC(DWORD lun, DWORD action, PUCHAR atr, PDWORD length)
{
	NEED_PLUG;
	PASS_ON(IFDHPowerICC, (DWORD, DWORD, PUCHAR, PDWORD), lun, action, atr, length);
}

/* Asked before and after: a reader that is pulled out during a command has no answer. */
RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR command, DWORD command_length, PUCHAR answer,
	PDWORD answer_length, PSCARD_IO_HEADER receive)
{
	RESPONSECODE (*transmit)(DWORD, SCARD_IO_HEADER, PUCHAR, DWORD, PUCHAR, PDWORD, PSCARD_IO_HEADER) =
		(RESPONSECODE (*)(DWORD, SCARD_IO_HEADER, PUCHAR, DWORD, PUCHAR, PDWORD, PSCARD_IO_HEADER)) function("IFDHTransmitToICC");
	RESPONSECODE result = IFD_NO_SUCH_DEVICE;
	if (!unplugged())
		result = transmit(lun, send, command, command_length, answer, answer_length, receive);
	if (unplugged()) {
		*answer_length = 0;
		result = IFD_NO_SUCH_DEVICE;
	}
	return result;
}

RESPONSECODE IFDHICCPresence(DWORD lun)
{
	NEED_PLUG;
	PASS_ON(IFDHICCPresence, (DWORD), lun);
}

RESPONSECODE IFDHControl(DWORD lun, DWORD code, PUCHAR sent, DWORD sent_length, PUCHAR received, DWORD received_length,
	LPDWORD returned)
{
	NEED_PLUG;
	PASS_ON(IFDHControl, (DWORD, DWORD, PUCHAR, DWORD, PUCHAR, DWORD, LPDWORD), lun, code, sent, sent_length, received,
		received_length, returned);
}

/* ---- the libudev that knows one device ---------------------------------------------------------------------------------------- */

struct udev_device {
	const char *action;
};
struct thing {
	int inotify;
	int there;
};

void *udev_new(void)
{
	return calloc(1, sizeof(struct thing));
}

void *udev_unref(void *udev)
{
	free(udev);
	return NULL;
}

void *udev_enumerate_new(void *udev)
{
	(void) udev;
	return calloc(1, sizeof(struct thing));
}

int udev_enumerate_add_match_subsystem(void *list, const char *subsystem)
{
	(void) list, (void) subsystem;
	return 0;
}

int udev_enumerate_scan_devices(void *list)
{
	((struct thing *) list)->there = !unplugged();
	return 0;
}

void *udev_enumerate_get_list_entry(void *list)
{
	return ((struct thing *) list)->there ? list : NULL;
}

void *udev_list_entry_get_next(void *entry)
{
	(void) entry;
	return NULL;
}

const char *udev_list_entry_get_name(void *entry)
{
	(void) entry;
	return "/sys/devices/kazasu/1-1:1.0";
}

void *udev_enumerate_unref(void *list)
{
	free(list);
	return NULL;
}

struct udev_device *udev_device_new_from_syspath(void *udev, const char *path)
{
	(void) udev, (void) path;
	return calloc(1, sizeof(struct udev_device));
}

struct udev_device *udev_device_unref(struct udev_device *device)
{
	free(device);
	return NULL;
}

struct udev_device *udev_device_get_parent_with_subsystem_devtype(struct udev_device *device, const char *subsystem, const char *type)
{
	(void) subsystem, (void) type;
	return device;
}

const char *udev_device_get_devnode(struct udev_device *device)
{
	(void) device;
	return "/dev/bus/usb/001/001";
}

const char *udev_device_get_sysname(struct udev_device *device)
{
	(void) device;
	return "1-1:1.0";
}

const char *udev_device_get_action(struct udev_device *device)
{
	return device->action;
}

/* The identifiers that pluggable-reader's Info.plist names; FFFF is assigned to nobody. */
const char *udev_device_get_sysattr_value(struct udev_device *device, const char *name)
{
	(void) device;
	if (strcmp(name, "idVendor") == 0)
		return "ffff";
	if (strcmp(name, "idProduct") == 0)
		return "8c7b";
	return NULL;
}

void *udev_monitor_new_from_netlink(void *udev, const char *name)
{
	struct thing *monitor = calloc(1, sizeof(struct thing));
	char path[PATH_MAX];
	(void) udev, (void) name;
	snprintf(path, sizeof path, "%s", unplugged_file());
	monitor->inotify = inotify_init1(IN_CLOEXEC);
	inotify_add_watch(monitor->inotify, dirname(path), IN_CREATE | IN_DELETE);
	return monitor;
}

int udev_monitor_filter_add_match_subsystem_devtype(void *monitor, const char *subsystem, const char *type)
{
	(void) monitor, (void) subsystem, (void) type;
	return 0;
}

int udev_monitor_enable_receiving(void *monitor)
{
	(void) monitor;
	return 0;
}

int udev_monitor_get_fd(void *monitor)
{
	return ((struct thing *) monitor)->inotify;
}

/*
 * One event a read: inotify hands out as many whole events as fit, and pcscd asks for one device at a time. So the buffer holds just the
 * event of the one file there is; its name is padded to a multiple of the event's own size.
 */
#define PLUG_NAME_MAX sizeof(struct inotify_event)
struct udev_device *udev_monitor_receive_device(void *monitor)
{
	char buffer[sizeof(struct inotify_event) + PLUG_NAME_MAX] __attribute__((aligned(8)));
	char path[PATH_MAX];
	struct udev_device *device;
	struct inotify_event *event = (struct inotify_event *) buffer;
	if (read(((struct thing *) monitor)->inotify, buffer, sizeof buffer) < (ssize_t) sizeof *event)
		return NULL;
	snprintf(path, sizeof path, "%s", unplugged_file());
	if (event->len == 0 || strcmp(event->name, basename(path)) != 0)
		return NULL;
	device = calloc(1, sizeof *device);
	device->action = (event->mask & IN_CREATE) ? "remove" : "add";
	return device;
}

void *udev_monitor_unref(void *monitor)
{
	close(((struct thing *) monitor)->inotify);
	free(monitor);
	return NULL;
}
