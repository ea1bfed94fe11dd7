# shellcheck shell=bash
# Sourced by the scripts: what they need before they can build, found or installed without a
# question. Everything is built with the same flags and the same environment, so that it is built
# once.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
swift_min=6.2

say() { printf '%s\n' "$*" >&2; }

die() {
  say "error: $*"
  exit 1
}

# The number in "Swift version 6.3.1 (…)"; empty when there is none.
swift_version() {
  swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+(\.[0-9]+)?).*/\1/p' | head -n 1
}

# Whether version $1 is at least version $2.
at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

require_swift() {
  # The toolchain manager puts itself on the path of new shells only.
  local swiftly="${SWIFTLY_BIN_DIR:-${HOME:-/root}/.local/share/swiftly/bin}"
  if ! command -v swift >/dev/null && [ -x "$swiftly/swift" ]; then
    PATH="$swiftly:$PATH"
    export PATH
  fi
  local how="Get the current one from https://www.swift.org/install/linux/ and put it on the PATH."
  command -v swift >/dev/null || die "there is no swift on the PATH; Swift $swift_min or later is needed. $how"
  local version
  version=$(swift_version || true)
  [ -n "$version" ] || die "'swift --version' does not work: $(swift --version 2>&1 | head -n 3)"
  at_least "$version" "$swift_min" || die "Swift $version is too old; $swift_min or later is needed. $how"
}

# Names of the Debian packages that are missing, one a line. Files are looked for, not packages: a
# header that came another way will do.
missing_packages() {
  command -v git >/dev/null || echo git
  # The dependencies come over https.
  [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -d /etc/pki ] || echo ca-certificates
  # Foundation is linked against the C++ library; g++ brings it in every release's own version.
  compgen -G '/usr/lib/gcc/*/*/libstdc++.*' >/dev/null || echo g++
  [ -e /usr/include/stdio.h ] || echo libc6-dev
  [ -e /usr/include/zlib.h ] || [ -e /usr/local/include/zlib.h ] || echo zlib1g-dev
}

# The same of what the dispatch server is built with, beside that.
missing_server_packages() {
  [ -e /usr/include/hiredis/hiredis.h ] || [ -e /usr/local/include/hiredis/hiredis.h ] || echo libhiredis-dev
}

# The same of what only the checks of the repository need.
missing_check_packages() {
  command -v redis-server >/dev/null || echo redis-server
  command -v python3 >/dev/null || echo python3
  # For `baecha dev-cert`.
  command -v openssl >/dev/null || echo openssl
  # For a virtual environment with scipy, where there is none.
  python3 -c 'import scipy' 2>/dev/null || python3 -c 'import ensurepip' 2>/dev/null || echo python3-venv
}

# Installs what the given command names as missing.
require_packages() {
  # On macOS all of it comes with the developer tools.
  [ "$(uname -s)" = Linux ] || return 0
  local packages
  packages=$("$1" | tr '\n' ' ')
  [ -n "$packages" ] || return 0
  local as_root=()
  if ! command -v apt-get >/dev/null; then
    die "missing, by their Debian names: ${packages}- install them with your system's package manager."
  elif [ "$(id -u)" -ne 0 ]; then
    # Never a password prompt: it would hang where nobody is watching.
    if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      as_root=(sudo -n)
    else
      die "missing: ${packages}- install with: sudo apt-get update && sudo apt-get install -y ${packages}"
    fi
  fi
  say "Installing: $packages"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get)
  {
    ${as_root[@]+"${as_root[@]}"} "${install[@]}" update -q
    # shellcheck disable=SC2086  # one word a package
    ${as_root[@]+"${as_root[@]}"} "${install[@]}" install -q -y --no-install-recommends $packages
  } >&2 || die "apt-get failed; install by hand: $packages"
}

require_build_tools() {
  require_swift
  require_packages missing_packages
  # A toolchain unpacked on a bare system can lack libraries of its own.
  local complaint
  complaint=$(swift build --version 2>&1) ||
    die "'swift build' does not start; see the requirements on https://www.swift.org/install/linux/
$complaint"
}
