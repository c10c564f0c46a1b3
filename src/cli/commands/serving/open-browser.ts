import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Environment } from '../../../config/environment.ts'

/** Whether a browser can be shown here: a desktop, and nobody who only wants a script to pass. */
export function canShow({ ci, get }: Pick<Environment, 'ci' | 'get'>): boolean {
  if (ci) return false
  if (process.platform === 'darwin' || process.platform === 'win32') return true
  return get('DISPLAY') !== null || get('WAYLAND_DISPLAY') !== null
}

/** Whether an address could be opened in the browser of this person; false: there is no program for it. */
export async function openBrowser(url: string): Promise<boolean> {
  const [program, args] = opener(url)
  const child = spawn(program, args, { stdio: 'ignore', detached: true })
  child.unref()
  try {
    await once(child, 'spawn')
    return true
  } catch {
    return false
  }
}

function opener(url: string): readonly [program: string, args: readonly string[]] {
  const { platform } = process
  // `start` takes a first text in quotes for the title of a window.
  if (platform === 'win32') return ['cmd', ['/c', 'start', '""', url]]
  return [platform === 'darwin' ? 'open' : 'xdg-open', [url]]
}
