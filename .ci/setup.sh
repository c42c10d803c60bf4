#!/usr/bin/env bash
# Make .venv if it is missing or out of date, with exactly the versions of constraints.txt.
#   .ci/setup.sh lab      what a learner needs
#   .ci/setup.sh test     and what the tests need
#   .ci/setup.sh browser  and what the browser test needs
# TORCH=cpu takes PyTorch's own CPU wheels. A second call ends at once.
set -euo pipefail
cd "$(dirname "$0")/.."

GROUP=${1:-lab}
TORCH=${TORCH:-}
case "$GROUP" in
    lab) EXTRAS="" NEEDED_GB=8 ;;
    test) EXTRAS="[test]" NEEDED_GB=8 ;;
    browser) EXTRAS="[test,browser]" NEEDED_GB=8 ;;
    *) echo "setup.sh: unknown group '$GROUP'; choose lab, test or browser" >&2; exit 2 ;;
esac
case "$TORCH" in
    "") DOWNLOAD="about 3 GB with NVIDIA's libraries (TORCH=cpu needs a tenth)" ;;
    cpu) DOWNLOAD="about 0.4 GB" NEEDED_GB=3 ;;
    *) echo "setup.sh: TORCH can be 'cpu' or left out, got '$TORCH'" >&2; exit 2 ;;
esac

give_up() { printf '\n%s\n' "$*" >&2; exit 1; }

# What is installed is told by one line a group: a fingerprint of everything that decides what is installed.
fingerprint() { { cat constraints.txt pyproject.toml; echo "torch=$TORCH"; } | cksum | tr -d ' '; }
STAMP=.venv/.installed
installed() { [ -x .venv/bin/python ] && .venv/bin/python -c '' 2>/dev/null && grep -qx "$1 $(fingerprint)" "$STAMP" 2>/dev/null; }
for larger in "$GROUP" $( [ "$GROUP" = lab ] && echo test browser ) $( [ "$GROUP" = test ] && echo browser ); do
    installed "$larger" && exit 0
done

python_that_fits() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$candidate"; return; }
    done
    return 1
}
PYTHON=$(python_that_fits) || give_up "The course needs Python 3.11 or newer; found: $(python3 --version 2>&1 || echo none).
Install one (Debian/Ubuntu: apt install python3.11 python3.11-venv; macOS: brew install python@3.12), then call make again."

if [ ! -d .venv ]; then
    FREE_GB=$(( $(df -Pk . | awk 'NR == 2 {print $4}') / 1048576 ))
    [ "$FREE_GB" -ge "$NEEDED_GB" ] || give_up "The course needs $NEEDED_GB GB of free disk for its environment; here are $FREE_GB GB.
Free some space, or try: make $GROUP TORCH=cpu (needs 3 GB)."
fi

echo "Setting up .venv for '$GROUP' with $("$PYTHON" --version): $DOWNLOAD, usually 3 to 10 minutes, once."
START=$SECONDS
if ! .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    "$PYTHON" -m venv --clear .venv >/dev/null 2>.venv.log || give_up "Python's venv module is missing: $(tail -n 2 .venv.log)
Install it (Debian/Ubuntu: apt install python3-venv), then call make again."
fi
rm -f .venv.log "$STAMP"

install() {
    local log=.venv/install.log status
    set +e
    "$@" 2>&1 | tee "$log" | grep --line-buffered -E '^ *(Collecting|Downloading|Installing|Successfully|ERROR|error)'
    status=${PIPESTATUS[0]}
    set -e
    [ "$status" -ne 0 ] || return 0
    if grep -qiE 'name resolution|connection ?(refused|broken|timed ?out|error)|network is unreachable|dns error|failed to fetch' "$log"; then
        give_up "The package registry cannot be reached. Check the network (or the proxy variables), then call make again."
    fi
    grep -qi 'no space left' "$log" && give_up "The disk is full. Free some space, then call make again."
    give_up "Installing failed; the last lines of $log are:
$(tail -n 5 "$log")"
}
PIP=(.venv/bin/python -m pip --disable-pip-version-check install --retries 2 --timeout 60 -c constraints.txt)

if [ "$TORCH" = cpu ]; then  # uv knows where PyTorch keeps its CPU wheels
    install "${PIP[@]}" uv
    install .venv/bin/uv pip install --python .venv/bin/python --torch-backend=cpu -c constraints.txt torch torchvision
fi
install "${PIP[@]}" -e ".$EXTRAS"
.venv/bin/python -c 'import torch, torchvision, course_utils' || give_up "The packages are there but do not work together.
Call: python -m course_utils doctor (in .venv/bin), or start afresh with: make clean"
echo "$GROUP $(fingerprint)" > "$STAMP"
echo "Ready after $(( SECONDS - START )) seconds."
