#!/usr/bin/env bash
# Makes the tensorflow backend of TensorFlow.js available: @tensorflow/tfjs-node (or -gpu) with its native addon.
#
#   scripts/setup/tensorflow.sh [cpu|gpu] [FOLDER]        FOLDER: .cache/tensorflow of this repository, where the tests look
#
# The package's own install script downloads a prebuilt library from a storage bucket that is not reachable from everywhere,
# and offers none for recent versions of Node. So the package is installed without its script, and its addon (two C++ files)
# compiled against the TensorFlow C library inside the Python wheel of TensorFlow, which is a zip file: no Python code runs.
#
# FOLDER gets no copy of tfjs-core where Node finds one above it: it must be the one that the tests import.
# Idempotent, 2 s when all is there. The library (207 MB; 475 MB for gpu) stays in $TFJS_TF_CACHE, which survives `npm ci`.
#
# Needs Linux on x86_64 with npm, python3, pip and g++ (C++17); as root on Debian or Ubuntu it installs those that are missing.
# Environment: TFJS_TF_VERSION (2.15.1), TFJS_TF_CACHE (~/.cache/tfjs-libtensorflow), NODE_INCLUDE (folder of node_api.h).
# Exit status: 0 ready, 3 not possible on this machine (the last line of stderr says why), else a failure.
set -euo pipefail

kind=${1:-cpu}
root=$(cd "$(dirname "$0")/../.." && pwd)
folder=${2:-$root/.cache/tensorflow}
version=4.22.0
tf_version=${TFJS_TF_VERSION:-2.15.1}
case $kind in
  cpu) package=@tensorflow/tfjs-node wheel=tensorflow-cpu ;;
  gpu) package=@tensorflow/tfjs-node-gpu wheel=tensorflow ;;
  *) echo "usage: $0 [cpu|gpu] [FOLDER]" >&2; exit 2 ;;
esac
cache=${TFJS_TF_CACHE:-$HOME/.cache/tfjs-libtensorflow}/$wheel-$tf_version
addon=$cache/tfjs_binding-$version.node

unable() {
  echo "tensorflow backend: $1" >&2
  exit 3
}

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
  unable "set up by this script on Linux x86_64 only, this is $(uname -s) $(uname -m)"

# 1. Tools.
missing=()
command -v python3 >/dev/null || missing+=(python3)
python3 -m pip --version >/dev/null 2>&1 || missing+=(python3-pip)
command -v g++ >/dev/null || missing+=(g++)
if [ ${#missing[@]} -gt 0 ] && [ ! -f "$addon" ]; then
  { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; } ||
    unable "needs ${missing[*]}, and can install packages only as root on Debian or Ubuntu"
  apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "${missing[@]}" ||
    unable "apt-get could not install ${missing[*]}"
fi

# 2. The JavaScript package, without its install script.
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
modules=$folder/node_modules
if [ ! -f "$modules/$package/package.json" ]; then
  [ -f "$folder/package.json" ] || echo '{ "private": true }' >"$folder/package.json"
  npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund --loglevel=error "$package@$version"
fi
above=$(cd "$folder/.." && node -p 'try { require.resolve("@tensorflow/tfjs-core") } catch { "" }')
[ -z "$above" ] || rm -rf "$modules/@tensorflow/tfjs-core" "$modules/@tensorflow/tfjs-backend-cpu"

# 3. The TensorFlow C library and its headers.
if [ ! -f "$cache/.complete" ]; then
  mkdir -p "$cache"
  download=$(mktemp -d)
  trap 'rm -rf "$download"' EXIT
  python3 -m pip download -q --no-deps --no-cache-dir --only-binary=:all: --python-version 3.11 \
    --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 -d "$download" "$wheel==$tf_version"
  python3 - "$download"/*.whl "$cache" <<'PYTHON'
import os, re, shutil, sys, zipfile

wheel, cache = zipfile.ZipFile(sys.argv[1]), sys.argv[2]
wanted = re.compile(
    r'tensorflow/(libtensorflow_(cc|framework)\.so\.2$|include/(tensorflow/(c|core/platform|tsl)|tsl|xla/tsl)/.*\.h$)')
for name in filter(wanted.match, wheel.namelist()):
    inside = name[len('tensorflow/'):]
    path = os.path.join(cache, 'lib', inside) if inside.startswith('lib') else os.path.join(cache, inside)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with wheel.open(name) as source, open(path, 'wb') as target:
        shutil.copyfileobj(source, target, 1 << 22)
PYTHON
  touch "$cache/.complete"
fi

# 4. The addon. It uses Node-API, so one build serves every version of Node.
if [ ! -f "$addon" ]; then
  include=${NODE_INCLUDE:-$(node -p 'require("path").resolve(process.execPath, "../../include/node")')}
  if [ ! -f "$include/node_api.h" ]; then
    npm install --prefix "$cache/headers" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error node-api-headers
    include=$cache/headers/node_modules/node-api-headers/include
  fi
  g++ -shared -fPIC -O2 -std=c++17 -DNAPI_VERSION=8 -I"$include" -I"$cache/include" \
    "$modules/$package/binding/tfjs_backend.cc" "$modules/$package/binding/tfjs_binding.cc" -o "$addon.part" \
    -L"$cache/lib" -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 -Wl,-rpath,"\$ORIGIN/../../deps/lib"
  mv "$addon.part" "$addon"
fi
# node-pre-gyp looks into napi-v8, the newest version that the package knows.
mkdir -p "$modules/$package/deps/lib" "$modules/$package/lib/napi-v8"
for library in libtensorflow_cc.so.2 libtensorflow_framework.so.2; do
  ln -sfn "$cache/lib/$library" "$modules/$package/deps/lib/$library"
done
cmp -s "$addon" "$modules/$package/lib/napi-v8/tfjs_binding.node" ||
  cp "$addon" "$modules/$package/lib/napi-v8/tfjs_binding.node"

# 5. A trial. tfjs-node 4.22 calls functions that Node 23 removed (https://github.com/tensorflow/tfjs/pull/8425).
cd "$folder"
TF_CPP_MIN_LOG_LEVEL=2 node -e "
const util = require('util');
util.isNullOrUndefined ??= (value) => value == null;
util.isArray ??= Array.isArray;
const tf = require('$package');
const sum = tf.sum(tf.matMul(tf.ones([8, 8]), tf.ones([8, 8]))).dataSync()[0];
if (tf.getBackend() !== 'tensorflow' || sum !== 512) throw new Error(tf.getBackend() + ' gives ' + sum);
console.log('tensorflow backend: $package $version ready, TensorFlow', tf.backend().binding.TF_Version, 'on Node', process.version);
"
