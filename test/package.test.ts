import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { withoutKeys } from './cli/child.ts'
import { brokenLinks } from './support/pages/markdown-links.ts'

const root = join(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'offpeak-package-'))
const project = join(folder, 'project')

/** How this machine reaches its registry: npm must take the same way out, whatever the tests keep from Offpeak. */
const waysOut: Record<string, string> = {}
for (const [name, value] of Object.entries(process.env))
  if (value !== undefined && /_PROXY$|^NODE_EXTRA_CA_CERTS$/i.test(name)) waysOut[name] = value

const env = withoutKeys({
  ...waysOut,
  PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
  npm_config_update_notifier: 'false',
  npm_config_loglevel: 'error',
})

const tarball = z.object({
  filename: z.string(),
  unpackedSize: z.number(),
  files: z.array(z.object({ path: z.string() })),
})

let packed: z.output<typeof tarball>
/** Why the package could not be installed: the registry that its dependencies come from is out of reach. */
let offline: string | null = null

/** What npm wrote beside the installation. */
let warned = ''

/** The bytes of the blocks that the files of a folder take on a disk, as `du` counts them. */
function bytesBelow(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).reduce(
    (sum, { parentPath, name }) => sum + Math.ceil(lstatSync(join(parentPath, name)).size / 4096) * 4096,
    0,
  )
}

function npm(
  cwd: string,
  ...argv: readonly string[]
): {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  readonly error?: Error
} {
  // spawnSync holds up the limit of the test as well, and npm goes on asking a registry for half an hour.
  const timeout = 240_000
  return spawnSync('npm', argv, { cwd, env, timeout, encoding: 'utf8', shell: process.platform === 'win32' })
}

/** A command in the project that has installed the package, as a user types it. */
function npx(...argv: string[]): {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
} {
  return spawnSync('npx', argv, { cwd: project, env, encoding: 'utf8', shell: process.platform === 'win32' })
}

beforeAll(() => {
  const built = spawnSync(process.execPath, ['scripts/build.js'], { cwd: root, encoding: 'utf8' })
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`)
  const { stdout, stderr } = npm(root, 'pack', '--json', '--ignore-scripts', '--pack-destination', folder)
  const [made] = z.array(tarball).parse(JSON.parse(stdout))
  if (!made) throw new Error(`nothing was packed: ${stderr}`)
  packed = made
  mkdirSync(project)
  writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}\n')
  const installed = npm(
    project,
    'install',
    '--loglevel=warn',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
    join(folder, packed.filename),
  )
  warned = installed.stderr
  if (installed.status === 0) return
  // Ended by its limit: nobody has answered.
  const isLate = installed.error !== undefined
  if (!isLate && !/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED/.test(installed.stderr))
    throw new Error(installed.stderr)
  offline = 'the registry of the dependencies is out of reach'
}, 300_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the packed package', () => {
  test('holds the launcher, the build and the papers, and nothing else', () => {
    const outside = packed.files
      .map(({ path }) => path)
      .filter(
        (path) =>
          !/^(?:bin\/(?:node-flags|offpeak)\.js|dist\/.+\.(?:js|d\.ts)|dist\/providers\/\w+\/prices\.json|dist\/dashboard\/(?:index\.html|assets\/[\w-]+\.(?:css|svg))|tokens\/(?:LICENSE|\w+\.tokens)|package\.json|LICENSE|(?:(?:dashboard|examples\/\w+)\/)?README\.md|(?:ARCHITECTURE|CHANGELOG|CONTRIBUTING)\.md|docs\/(?:[\w-]+\/)*[\w-]+\.md|docs\/deploy\/[\w.-]+|docs\/screenshots\/[\w-]+\.png|examples\/\w+\/(?:jobs\/|prompts\/)?[\w.-]+\.(?:ts|md))$/.test(
            path,
          ),
      )
    expect(outside).toEqual([])
    expect(packed.files.map(({ path }) => path)).toEqual(
      expect.arrayContaining([
        'bin/offpeak.js',
        'dist/index.js',
        'dist/cli/main.js',
        'dist/dashboard/index.html',
        'README.md',
        'LICENSE',
        'CHANGELOG.md',
        'examples/provider/jobs/subjects.job.ts',
        'examples/lessons/prompts/lesson.md',
      ]),
    )
    expect(packed.files.filter(({ path }) => path.includes('.test.'))).toEqual([])
    expect(packed.unpackedSize).toBeLessThan(12_000_000)
  })

  test('has every file and heading that its pages link to', () => {
    const unpacked = join(folder, 'unpacked')
    mkdirSync(unpacked)
    const { status, stderr } = spawnSync('tar', ['-xzf', join(folder, packed.filename), '-C', unpacked], {
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
    const pages = packed.files.map(({ path }) => path).filter((path) => path.endsWith('.md'))
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'docs/jobs.md', 'examples/lessons/README.md']))
    expect(brokenLinks(join(unpacked, 'package'), pages)).toEqual([])
  })

  test('installs without a warning, in less than 60 MB', (context) => {
    if (offline !== null) context.skip(offline)
    expect(warned).toBe('')
    expect(bytesBelow(join(project, 'node_modules'))).toBeLessThan(60_000_000)
  })

  test('installs nothing that runs a script, and needs no database driver', (context) => {
    if (offline !== null) context.skip(offline)
    const { stdout } = npm(
      project,
      'query',
      ':attr(scripts, [postinstall]), :attr(scripts, [install]), :attr(scripts, [preinstall])',
    )
    expect(JSON.parse(stdout)).toEqual([])
    expect(existsSync(join(project, 'node_modules/pg'))).toBe(false)
  })

  test('can be imported by each of its names', (context) => {
    if (offline !== null) context.skip(offline)
    const script = `
      const names = {}
      for (const path of ['offpeak', 'offpeak/postgres', 'offpeak/provider', 'offpeak/emulator', 'offpeak/testing']) names[path] = Object.keys(await import(path))
      names['offpeak/package.json'] = Object.keys((await import('offpeak/package.json', { with: { type: 'json' } })).default)
      console.log(JSON.stringify(names))`
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: project,
      env,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({
      offpeak: expect.arrayContaining([
        'defineJob',
        'defineConfig',
        'openOffpeak',
        'jsonl',
        'azure',
        'openai',
      ]),
      'offpeak/postgres': expect.arrayContaining(['postgres', 'sql', 'openDatabase']),
      'offpeak/provider': expect.arrayContaining(['defineProvider', 'classify']),
      'offpeak/emulator': expect.arrayContaining(['startEmulator']),
      'offpeak/testing': ['describeProvider', 'describeSink', 'describeSource', 'describeStore'],
      'offpeak/package.json': expect.arrayContaining(['version']),
    })
  })

  test('takes a user from nothing to answers: init, plan, run', (context) => {
    if (offline !== null) context.skip(offline)
    const help = npx('offpeak', '--help')
    expect(help.status).toBe(0)
    expect(help.stdout).toContain('plan <job>')
    expect(npx('offpeak', 'init').status).toBe(0)
    const plan = npx('offpeak', 'plan', 'headnotes', '--json')
    expect(plan.stderr.trim()).toMatch(/^SIMULATED [^\n]*$/)
    expect(JSON.parse(plan.stdout)).toMatchObject({ schema: 'offpeak.plan/2', toSend: 50 })
    const run = npx('offpeak', 'run', 'headnotes', '--max-cost', '$1')
    expect(run.stdout).toContain('50 of 50 records')
    expect(run.status).toBe(0)
    expect(
      readFileSync(join(project, '.offpeak/emulator/project/out/headnotes.jsonl'), 'utf8')
        .trimEnd()
        .split('\n'),
    ).toHaveLength(50)
  })

  test('serves with dev until it is ended', async (context) => {
    if (offline !== null) context.skip(offline)
    const child = spawn(
      process.execPath,
      [join(project, 'node_modules/offpeak/bin/offpeak.js'), 'dev', '--port', '0', '--json'],
      { cwd: project, env, stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const exited = once(child, 'exit')
    const [chunk]: readonly unknown[] = await once(child.stdout, 'data')
    try {
      const { url, emulator } = z
        .object({ url: z.string(), emulator: z.object({ url: z.string() }) })
        .parse(JSON.parse(String(chunk).split('\n', 1)[0] ?? ''))
      expect((await fetch(`${emulator.url}/_emulator/bill`)).status).toBe(200)
      const page = await (await fetch(url, { headers: { accept: 'text/html' } })).text()
      const [script = ''] = /\/assets\/[\w-]+\.js/.exec(page) ?? []
      expect((await fetch(`${url}${script}`)).headers.get('content-type')).toContain('javascript')
    } finally {
      child.kill('SIGINT')
      await exited
    }
    expect(child.exitCode).toBe(0)
  })

  test('has types that a strict project can compile against', (context) => {
    if (offline !== null) context.skip(offline)
    writeFileSync(
      join(project, 'use.ts'),
      `import { defineJob, jsonl, openai, type Job } from 'offpeak'
import { openDatabase } from 'offpeak/postgres'
import { startEmulator } from 'offpeak/emulator'
import { describeSource } from 'offpeak/testing'
import { z } from 'zod'
export const job: Job<{ id: number }, Readonly<Record<string, never>>, { b: string }, never> = defineJob({
  name: 'a',
  from: jsonl.rows({ file: 'a.jsonl', key: 'id', row: z.object({ id: z.number() }) }),
  model: openai('gpt-4o-mini'),
  prompt: ({ row }) => String(row.id),
  output: z.object({ b: z.string() }),
  to: { jsonl: 'b.jsonl', line: ({ output }) => ({ b: output.b.trim() }) },
})
export const doors: readonly unknown[] = [openDatabase, startEmulator, describeSource]
`,
    )
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        compiler,
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2024',
        '--lib',
        'es2024,esnext.disposable',
        '--typeRoots',
        join(root, 'node_modules/@types'),
        '--types',
        'node',
        'use.ts',
      ],
      { cwd: project, env, encoding: 'utf8' },
    )
    expect(stdout).toBe('')
    expect(status).toBe(0)
  })
})

/** A Node on this machine that is too old; null when there is none. */
function oldNode(): string | null {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, process.platform === 'win32' ? 'node.exe' : 'node')
    if (!existsSync(path)) continue
    const [major = 0, minor = 0] = spawnSync(path, ['-p', 'process.versions.node'], { encoding: 'utf8' })
      .stdout.split('.')
      .map(Number)
    if (major > 0 && (major < 24 || (major === 24 && minor < 15))) return path
  }
  return null
}

describe('the launcher under a Node that is too old', () => {
  const old = oldNode()
  const skipped = 'no old Node is on the PATH of this machine'

  test('says so in one sentence with what to do, and ends with 1', (context) => {
    const node = old ?? context.skip(skipped)
    if (offline !== null) context.skip(offline)
    const { status, stdout, stderr } = spawnSync(
      node,
      [join(project, 'node_modules/offpeak/bin/offpeak.js'), 'plan', 'headnotes'],
      { cwd: project, encoding: 'utf8' },
    )
    expect(stderr).toMatch(
      /^Offpeak needs Node 24\.15 or newer \(of 25, 25\.8\.1\), and this is [\d.]+: .+\n$/,
    )
    expect(stdout).toBe('')
    expect(status).toBe(1)
  })

  test('finds the Node of a clone, keeps the folder it was called in, and passes on how it ended', (context) => {
    const node = old ?? context.skip(skipped)
    if (!existsSync(join(root, 'node_modules/.bin/node')))
      context.skip('this clone brings no Node of its own')
    const launcher = join(root, 'bin/offpeak.js')
    expect(spawnSync(node, [launcher, '--version'], { cwd: folder, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
    const init = spawnSync(node, [launcher, 'init', 'here', '--json'], { cwd: folder, encoding: 'utf8' })
    expect(existsSync(join(folder, 'here/offpeak.config.ts')), init.stderr).toBe(true)
    expect(spawnSync(node, [launcher, 'plan', 'nothing'], { cwd: folder, encoding: 'utf8' }).status).toBe(2)
  })
})
