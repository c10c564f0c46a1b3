import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** A process of its own that holds a SQLite file until it is ended. */
export async function holdLock(path: string): Promise<AsyncDisposable> {
  const held = `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync(process.argv[1]); db.exec('begin exclusive'); console.log('held'); setInterval(() => undefined, 1e6)`
  const child = spawn(process.execPath, ['--no-warnings', '-e', held, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return {
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const closed = once(child, 'close')
      child.kill()
      await closed
    },
  }
}
