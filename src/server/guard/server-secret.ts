import { createHmac, randomBytes } from 'node:crypto'
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { OffpeakError } from '../../domain/errors.ts'
import { diskError } from '../../domain/disk-fault.ts'

/** A secret that signs sessions and makes the link to the dashboard; the same over restarts. */
export interface ServerSecret {
  /** The signature of a text made for one purpose; that of another purpose is another. */
  readonly sign: (purpose: string, text: string) => string
  /** What opens the dashboard to the person at this machine. */
  readonly launchToken: string
}

const secretBytes = 32

/** The secret of a project, read or made, readable for its owner alone. Throws E_DISK. */
export async function serverSecret(path: string): Promise<ServerSecret> {
  try {
    return secretOf((await read(path)) ?? (await make(path)))
  } catch (thrown) {
    if (thrown instanceof OffpeakError) throw thrown
    throw diskError('the secret of the server cannot be read or made', thrown, {
      where: path,
      fix: 'the directory must be writable',
    })
  }
}

export function secretOf(secret: Buffer): ServerSecret {
  const sign = (purpose: string, text: string): string =>
    createHmac('sha256', secret).update(`${purpose}\n${text}`).digest('base64url')
  return { sign, launchToken: sign('launch', '') }
}

async function read(path: string): Promise<Buffer | null> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (thrown) {
    if (Reflect.get(Object(thrown), 'code') === 'ENOENT') return null
    throw thrown
  }
  const secret = Buffer.from(text.trim(), 'hex')
  if (secret.length === secretBytes) return secret
  throw new OffpeakError('E_DISK', 'the file is no secret of a server', {
    where: path,
    fix: 'delete it; who came by its link signs in again then',
  })
}

/** Two servers that begin at once agree on the secret of the one that was first. */
async function make(path: string): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(temporary, `${randomBytes(secretBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  try {
    await link(temporary, path)
  } catch (thrown) {
    if (Reflect.get(Object(thrown), 'code') !== 'EEXIST') throw thrown
  } finally {
    await rm(temporary, { force: true })
  }
  const made = await read(path)
  if (made) return made
  throw new Error('it was removed at once')
}
