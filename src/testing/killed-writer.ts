import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs a script that prints a line for each chunk it has written, and kills it after `firstKill` lines, then starts it
 * again and kills it one line later, and so on; the last of all the starts may end by itself.
 */
export async function runKilled(
  script: string,
  options: { starts: number; firstKill: number },
): Promise<void> {
  for (let start = 0; start < options.starts; start += 1) {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const exited = once(child, 'exit')
    let heard = 0
    child.stdout.on('data', () => {
      heard += 1
      if (start < options.starts - 1 && heard === options.firstKill + start) child.kill('SIGKILL')
    })
    await exited
  }
}
