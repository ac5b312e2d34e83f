# The program and the first arguments that start the PowerShell in which this script runs. As a .NET tool it is dotnet with
# the path of an assembly, and pwsh need not be on the PATH.
[Environment]::ProcessPath
if ([IO.Path]::GetFileNameWithoutExtension([Environment]::ProcessPath) -eq 'dotnet') { Join-Path $PSHOME pwsh.dll }
