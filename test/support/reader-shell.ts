import { execFile } from 'node:child_process'
import { chmod } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { launcher, withoutKeys } from '../cli/child.ts'
import { write } from '../cli/project.ts'

/** What a reader has installed: the command line, and `jq` as far as the pages use it. */
const programs = {
  npx: `#!/bin/sh\nshift\nexec "${process.execPath}" "${launcher}" "$@"\n`,
  jq: `#!/bin/sh\nexec "${process.execPath}" -e 'console.log(process.argv[1].slice(1).split(".").reduce((value, name) => value[name], JSON.parse(fs.readFileSync(0, "utf8"))))' "$2"\n`,
}

/** Puts `npx` and `jq` into `bin` of a folder. */
export async function installPrograms(folder: string): Promise<void> {
  for (const [name, text] of Object.entries(programs)) {
    await write(folder, { [`bin/${name}`]: text })
    await chmod(join(folder, 'bin', name), 0o755)
  }
}

/** The lines of a page that a shell runs, one block after another. */
export function shellOf(page: string): string {
  return [...page.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, lines]) => lines).join('\n')
}

/** Runs lines of a page in a folder as a reader would; any command that fails ends it. */
export async function runAsReader(
  folder: string,
  script: string,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  await installPrograms(folder)
  await write(folder, { 'page.sh': `set -euo pipefail\n${script}` })
  const path = [join(folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(':')
  return promisify(execFile)('bash', ['page.sh'], {
    cwd: folder,
    env: { ...withoutKeys(), PATH: path, ...env },
  })
}
