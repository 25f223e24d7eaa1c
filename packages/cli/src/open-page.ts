/** Shows a page in the person's browser, where there is a screen to show it on. */
export interface Screen {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Whether a browser would open where the person sits: not over SSH, and not without a display. */
export function hasScreen({ platform, environment }: Screen): boolean {
  if (environment['SSH_CONNECTION'] || environment['SSH_TTY'] || environment['CI']) return false;
  if (platform === 'darwin' || platform === 'win32') return true;
  return Boolean(
    environment['DISPLAY'] || environment['WAYLAND_DISPLAY'] || environment['WSL_DISTRO_NAME'],
  );
}

/** Quietly: the address has been printed, which is what counts. */
export async function openPage(url: string): Promise<void> {
  try {
    const { default: open } = await import('open');
    await open(url);
  } catch {
    // There is no browser, or it will not start.
  }
}
