import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/**
 * Runs a script that prints a line for each chunk it has written, and kills it after `firstKill` lines, then starts it
 * again and kills it one line later, and so on; the last of all the starts ends by itself. Fails with what the script
 * said when it ends with a failure.
 */
export async function runKilled(
  script: string,
  options: { starts: number; firstKill: number },
): Promise<void> {
  for (let start = 0; start < options.starts; start += 1) {
    const flags = [...resolving(process.execArgv), '--input-type=module-typescript', '-e', script]
    const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'pipe'] })
    const exited = once(child, 'exit')
    const said = text(child.stderr)
    let heard = 0
    child.stdout.on('data', () => {
      heard += 1
      if (start < options.starts - 1 && heard === options.firstKill + start) child.kill('SIGKILL')
    })
    await exited
    if (child.signalCode === null)
      assert.equal(child.exitCode, 0, `the program that writes has ended with a failure:\n${await said}`)
  }
}

const byValue = /^(?:-C|--conditions|--import|-r|--require|--loader|--experimental-loader)(=|$)/

/** The flags of this process that decide what an import finds, for another one that imports the same. */
function resolving(flags: readonly string[]): readonly string[] {
  return flags.flatMap((flag, at) => {
    const [, sign] = byValue.exec(flag) ?? []
    if (sign === undefined) return []
    const value = flags[at + 1]
    return sign === '=' || value === undefined ? [flag] : [flag, value]
  })
}
