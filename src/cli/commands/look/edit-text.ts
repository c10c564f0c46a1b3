import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OffpeakError } from '../../../domain/errors.ts'

/**
 * The text after a person has changed it in an editor, which is a command as people have it in `EDITOR`; null: it was
 * left as it was. Nobody else on the machine can read the file meanwhile. Throws E_ENV when the editor does not start
 * or fails.
 */
export async function editText(editor: string, text: string, extension: string): Promise<string | null> {
  const directory = await mkdtemp(join(tmpdir(), 'offpeak-edit-'))
  const path = join(directory, `output.${extension}`)
  try {
    await writeFile(path, text, { mode: 0o600 })
    // The command may have options, and quotes, which only a shell knows to read.
    const child = spawn(`${editor} "${path}"`, { shell: true, stdio: 'inherit' })
    const [code] = await once(child, 'close')
    if (code !== 0)
      throw new OffpeakError('E_ENV', `the editor ended with ${String(code)}: ${editor}`, {
        where: 'EDITOR',
        fix: 'set EDITOR to an editor that waits until the file is closed, as in EDITOR="code --wait"',
      })
    const edited = await readFile(path, 'utf8')
    return edited === text ? null : edited
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
