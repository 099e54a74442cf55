#!/usr/bin/env bash
# What the webgpu backend (in Node and in Chromium) and the webgl backend (in Chromium) need of the system, on Debian and Ubuntu:
#   chromium     the browser, and with it SwiftShader, a Vulkan driver that runs on the CPU
#   libvulkan1   the Vulkan loader: without it Dawn, the npm package `webgpu`, finds no adapter
# Installs what is missing (as root or through sudo), and nothing where all is there. Prints, for `eval` or a reader,
# VK_ICD_FILENAMES: the driver's manifest. test/support/vulkan.ts finds it the same way.
set -euo pipefail

have() { dpkg-query -W -f '${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

command -v dpkg-query >/dev/null || {
  echo 'scripts/setup/webgpu.sh: this is not Debian or Ubuntu: install Chromium and the Vulkan loader by hand.' >&2
  exit 1
}

missing=()
for package in chromium libvulkan1; do have "$package" || missing+=("$package"); done

if ((${#missing[@]})); then
  root=()
  if (($(id -u) != 0)); then
    sudo -n true 2>/dev/null || {
      echo "scripts/setup/webgpu.sh: installing ${missing[*]} takes root rights: sudo apt-get install ${missing[*]}" >&2
      exit 1
    }
    root=(sudo -n)
  fi
  export DEBIAN_FRONTEND=noninteractive
  "${root[@]}" apt-get update -qq >&2
  "${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

icd=''
for package in $(dpkg-query -W -f '${Package}\n' 'chromium*' 2>/dev/null); do
  icd=$(dpkg -L "$package" 2>/dev/null | grep -m1 '/vk_swiftshader_icd\.json$') && break
done
[[ -f $icd ]] || {
  echo 'scripts/setup/webgpu.sh: the chromium packages hold no vk_swiftshader_icd.json.' >&2
  exit 1
}
echo "VK_ICD_FILENAMES=$icd"
