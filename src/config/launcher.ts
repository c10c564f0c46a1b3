import { delimiter, dirname, resolve } from 'node:path'

/** How this process was started, as far as it tells what a person types to start the next one. */
export interface Started {
  /** The script that Node runs. */
  readonly script: string
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The command line of this project as it works for whoever started this process: `offpeak`, or `npx offpeak`. */
export function readLauncher(): string {
  return launcherOf({ script: process.argv[1] ?? '', cwd: process.cwd(), env: process.env })
}

/**
 * The command with which the next one begins. A package manager that ran this one says so in the environment, and adds
 * the project's own programs to the path, which a person's shell has not; else the path decides.
 */
export function launcherOf({ script, cwd, env }: Started): string {
  const runner = runnerOf(env)
  if (runner !== null) return `${runner} offpeak`
  const folder = dirname(resolve(cwd, script))
  const isInstalled = /[\\/]node_modules[\\/]/.test(`${folder}/`)
  // A clone that is run by its path: whoever does that knows how.
  if (!isInstalled) return 'offpeak'
  const onPath = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).map((path) => resolve(path))
  // On Windows the path has the folder of the shim, which stands beside `node_modules`.
  const places = [folder, folder.replace(/[\\/]node_modules[\\/].*$/, '')]
  return places.some((place) => onPath.includes(place)) ? 'offpeak' : 'npx offpeak'
}

/** The package manager that ran this; null: none did. */
function runnerOf(env: Started['env']): string | null {
  const agent = env['npm_config_user_agent'] ?? ''
  // Yarn since its second version says no more than who it is.
  if (/^yarn\/(?!1\.)/.test(agent)) return 'yarn'
  if (env['npm_command'] === undefined && env['npm_lifecycle_event'] === undefined) return null
  if (agent.startsWith('pnpm/')) return 'pnpm exec'
  if (agent.startsWith('yarn/')) return 'yarn'
  return agent.startsWith('bun/') ? 'bunx' : 'npx'
}
