@echo off
rem Runs Upflux from the unpacked distribution. UPFLUX_JAVA_OPTS is appended to the JVM's options.
setlocal
set "HOME_DIR=%~dp0.."
set "JAVA=java"
if defined JAVA_HOME if exist "%JAVA_HOME%\bin\java.exe" set "JAVA=%JAVA_HOME%\bin\java.exe"
"%JAVA%" -version >nul 2>&1
if errorlevel 1 (
    echo upflux: no Java found; install a JDK or JRE 17 or newer, or set JAVA_HOME 1>&2
    exit /b 1
)
rem Newer JVMs warn about what early freeing of picture memory needs; older ones do not know the option.
set "WARNINGS="
"%JAVA%" --sun-misc-unsafe-memory-access=allow -version >nul 2>&1 && set "WARNINGS=--sun-misc-unsafe-memory-access=allow"
if not defined SVT_LOG set "SVT_LOG=1"
rem What a heap that is full leaves of a server nobody knows: it ends, and whoever supervises it starts it again.
set "FULL="
if "%~1"=="serve" set "FULL=-XX:+ExitOnOutOfMemoryError"
"%JAVA%" -Xms32m -Xmx512m -XX:MaxDirectMemorySize=4g -XX:+UseSerialGC -XX:-UsePerfData ^
    -Djava.awt.headless=true ^
    -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 -Dorg.bytedeco.javacpp.maxBytes=0 ^
    --enable-native-access=ALL-UNNAMED %WARNINGS% %FULL% %UPFLUX_JAVA_OPTS% ^
    -cp "%HOME_DIR%\lib\*" io.upflux.server.Main %*
exit /b %ERRORLEVEL%
