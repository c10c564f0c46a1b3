import { cpSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { capture } from './processes.ts'

const root = join(import.meta.dirname, '..')

/**
 * Compiles Offpeak into `package` of a directory, in the shape of the published package, so that type stripping is
 * not measured. Whatever lies in the directory finds the dependencies.
 */
export async function compile(parent: string): Promise<string> {
  symlinkSync(join(root, 'node_modules'), join(parent, 'node_modules'))
  const directory = join(parent, 'package')
  mkdirSync(directory)
  for (const name of ['package.json', 'bin', 'tokens'])
    cpSync(join(root, name), join(directory, name), { recursive: true })
  const dist = join(directory, 'dist')
  await capture(
    join(root, 'node_modules', '.bin', 'tsc'),
    ['-p', join(root, 'tsconfig.build.json'), '--outDir', dist, '--declaration', 'false', '--noCheck'],
    {
      cwd: root,
      env: {},
    },
  )
  return dist
}

/** A directory with the configuration and the jobs of the measured project. */
export function makeProject(directory: string): string {
  mkdirSync(directory, { recursive: true })
  cpSync(join(import.meta.dirname, 'project'), directory, { recursive: true })
  return directory
}
