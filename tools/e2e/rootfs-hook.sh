#!/bin/sh
# Called by mmdebstrap with the new root: add the kernel's files without installing the package,
# which would bring the tools of a bootable system; then leave out what the guest never needs.
set -eu
root="$1"

package=$(chroot "$root" apt-cache depends linux-image-amd64 |
  sed -n 's/^ *Depends: \(linux-image-.*\)/\1/p' | head -n 1)
chroot "$root" sh -c "cd /tmp && apt-get download -qq $package"
dpkg-deb --fsys-tarfile "$root"/tmp/linux-image-*.deb |
  tar --extract --keep-directory-symlink --directory "$root"
rm "$root"/tmp/linux-image-*.deb

cd "$root"/usr/lib/modules/*
find kernel -type f | grep -v -E \
  '^kernel/(net/bluetooth|net/rfkill|crypto|lib|arch/x86/crypto|drivers/virtio)/|/(virtio_console|hci_vhci|hid|uhid)\.ko' |
  xargs rm -f
chroot "$root" /sbin/depmod "$(basename "$PWD")"

cd "$root"
mv boot/vmlinuz-* "$root.vmlinuz"
rm -rf boot/* var/cache var/lib/apt var/lib/dpkg usr/lib/apt usr/lib/systemd usr/lib/udev \
  usr/lib/x86_64-linux-gnu/systemd usr/lib/x86_64-linux-gnu/gconv usr/lib/x86_64-linux-gnu/perl* \
  usr/bin/perl* usr/share/perl* usr/share/doc usr/share/man usr/share/info usr/share/zoneinfo \
  usr/lib/python3.*/test usr/lib/python3.*/idlelib usr/lib/python3.*/pydoc_data
cp "$(dirname "$0")/init" "$root/init"
chmod 755 "$root/init"
