#!/bin/sh
# Runs build.ps1, which has every task, in the pwsh that .config/dotnet-tools.json names: all it takes is the .NET SDK.
set -eu
cd "$(dirname "$0")"
export HOME="${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}"
export PATH="$PATH:${DOTNET_ROOT:-/usr/local/share/dotnet}:$HOME/.dotnet:/usr/share/dotnet:/usr/lib/dotnet"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 POWERSHELL_TELEMETRY_OPTOUT=1

# .NET ends at once where libicu is missing, unless it is told that it can do without.
if command -v dotnet >/dev/null && [ -z "$(dotnet --version 2>/dev/null)" ]; then
    export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
fi
if ! dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then
    echo 'The .NET SDK 10 is needed and not found. Install it (package dotnet-sdk-10.0) and run this again.' >&2
    exit 69 # EX_UNAVAILABLE of sysexits.h: something that is needed is not there
fi
dotnet tool restore --verbosity quiet >/dev/null || exit
exec dotnet pwsh -NoProfile -File build.ps1 "$@"
