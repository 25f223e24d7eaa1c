/** Where this machine's engine library lies, or why there is none. */
import { createRequire } from 'node:module';
import { Failure } from '@tendril/model/failure';

const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@chdb/lib-linux-x64-gnu',
  'linux-arm64': '@chdb/lib-linux-arm64-gnu',
  'darwin-x64': '@chdb/lib-darwin-x64',
  'darwin-arm64': '@chdb/lib-darwin-arm64',
};

const OTHER_WAY = 'or use a ClickHouse server with --clickhouse URL';

/** Path of `libchdb.so`. */
export function findLibrary(
  platform: string = process.platform,
  arch: string = process.arch,
): string {
  const packageName = PACKAGES[`${platform}-${arch}`];
  if (packageName === undefined) throw unsupported(platform, arch);
  try {
    return createRequire(import.meta.url).resolve(`${packageName}/libchdb.so`);
  } catch (error) {
    throw missing(packageName, error);
  }
}

/** The library is there and the system's loader refuses it. */
export function unloadable(libraryPath: string, reason: string): Failure {
  return new Failure({
    code: 'engine_library_unloadable',
    detail:
      `the engine library ${libraryPath} cannot be loaded: ${reason}. It needs glibc 2.17 or newer on Linux ` +
      `(Alpine has musl), macOS 11 or newer; ${OTHER_WAY}`,
    params: { libraryPath, reason },
  });
}

function unsupported(platform: string, arch: string): Failure {
  const have = Object.keys(PACKAGES).join(', ');
  return new Failure({
    code: 'engine_platform_unsupported',
    detail: `there is no embedded engine for ${platform}-${arch} (there is for ${have}): use one of these, ${OTHER_WAY}`,
    params: { platform: `${platform}-${arch}` },
  });
}

function missing(packageName: string, cause: unknown): Failure {
  return new Failure({
    code: 'engine_library_missing',
    detail: `the package ${packageName} with the engine library is not installed: run "npm install ${packageName}", ${OTHER_WAY}`,
    params: { package: packageName },
    cause,
  });
}
