import { spawn } from 'node:child_process'
import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What an example says of itself in its `example.ts`, so that one script can show them all. */
export interface Example {
  /** Arguments of node that fill the data, as in `['seed.ts']`; running them again adds nothing. None: the data is there. */
  readonly seed: readonly string[]
  /** Arguments of offpeak, one list per command, as in `['run', 'headnotes', '--max-cost', '$5']`. */
  readonly runs: readonly (readonly string[])[]
  /** Prints a few results; `folder` is where the example was run. */
  readonly show: (folder: string) => Promise<void>
}

/** A copy of an example in a folder of its own, worked on by the commands that a user would type. */
export interface Project {
  readonly folder: string
  readonly node: (...args: readonly string[]) => Promise<void>
  readonly offpeak: (...args: readonly string[]) => Promise<void>
  readonly example: () => Promise<Example>
}

const root = join(import.meta.dirname, '..')

/** Copies an example below the repository; its data and state stay where they are. */
export async function copyExample(name: string, to: string): Promise<Project> {
  const folder = join(root, to)
  await mkdir(folder, { recursive: true })
  await cp(join(root, 'examples', name), folder, {
    recursive: true,
    filter: (path) => !/[/\\](\.offpeak|\.env(\.local)?)$/.test(path),
  })
  return {
    folder,
    node: (...args) => step(folder, ['-C', 'offpeak-source', ...args], ['node', ...args]),
    offpeak: (...args) => step(folder, [join(root, 'bin', 'offpeak.js'), ...args], ['npx offpeak', ...args]),
    async example() {
      const loaded: { readonly example: Example } = await import(
        pathToFileURL(join(folder, 'example.ts')).href
      )
      return loaded.example
    },
  }
}

export function say(words: string): void {
  console.log(`\n${words}`)
}

/** Runs a command as if this machine had neither keys nor databases. */
async function step(folder: string, args: readonly string[], shown: readonly string[]): Promise<void> {
  const line = shown.map((arg) => (arg.includes('$') ? `'${arg}'` : arg)).join(' ')
  say(`$ ${line}`)
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(ANTHROPIC_|AZURE_|OPENAI_|OFFPEAK_|DATABASE_URL|SUPABASE_|NEON_)/.test(name),
    ),
  )
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: 'inherit' })
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  // 6: all is done, and some answers want a look.
  if (code !== 0 && code !== 6) throw new Error(`"${line}" ended with ${String(code)}`)
}
