import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { launcher, withoutKeys } from '../child.ts'
import { notesProject } from '../notes-project.ts'
import { call, jsonOf, temporaryFolder, write } from '../project.ts'

/** Runs the CLI as a process of its own under a umask. */
function under(
  umask: string,
  cwd: string,
  ...argv: readonly string[]
): { readonly exit: number | null; readonly stderr: string } {
  const { status, stderr } = spawnSync(
    'sh',
    ['-c', `umask ${umask}; exec "$0" "$@"`, process.execPath, launcher, ...argv],
    {
      cwd,
      env: withoutKeys(),
      encoding: 'utf8',
    },
  )
  return { exit: status, stderr }
}

/** Each file and folder that others may read, write or enter, with its rights. */
function openToOthers(folder: string): readonly string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))
  expect(all.length).toBeGreaterThan(5)
  return [folder, ...all].flatMap((path) => {
    const { mode } = statSync(path)
    return (mode & 0o077) === 0 ? [] : [`${path} ${(mode & 0o777).toString(8)}`]
  })
}

for (const umask of ['000', '022'])
  test(`all that Offpeak keeps is for its owner alone under umask ${umask}, and results are as the umask has them`, async () => {
    using folder = temporaryFolder()
    await notesProject(folder.path, { config: "database: 'pglite:.offpeak/cases'" })
    await write(folder.path, {
      'seed.mjs': `import { openDatabase } from ${JSON.stringify(new URL('../../../src/connectors/database/database.ts', import.meta.url).href)}
await using database = await openDatabase('pglite:.offpeak/cases', '.')
await database.exec('create table made (id integer primary key)')\n`,
    })
    // A cache of translated job files is made before anything else is.
    expect(under(umask, folder.path, 'jobs')).toMatchObject({ exit: 0 })
    const seeded = spawnSync('sh', ['-c', `umask ${umask}; exec "$0" seed.mjs`, process.execPath], {
      cwd: folder.path,
      encoding: 'utf8',
    })
    expect(seeded.stderr).toBe('')
    expect(under(umask, folder.path, 'run', 'notes', '--yes', '--detach')).toMatchObject({ exit: 0 })
    expect(openToOthers(join(folder.path, '.offpeak'))).toEqual([])
    expect(under(umask, folder.path, 'resume', 'notes')).toMatchObject({ exit: 0 })
    expect(
      under(umask, folder.path, 'retry', 'notes', '--status', 'merged', '--realtime', '--max-cost', '$1'),
    ).toMatchObject({ exit: 0 })
    expect(under(umask, folder.path, 'plan', 'notes', '--out', '.offpeak/plan.json')).toMatchObject({
      exit: 0,
    })
    expect(openToOthers(join(folder.path, '.offpeak'))).toEqual([])
    expect(statSync(join(folder.path, 'out.jsonl')).mode & 0o777).toBe(0o666 & ~Number.parseInt(umask, 8))
  }, 60_000)

test('folders that are wider are tightened when a project is opened, and doctor names what stays open', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  const own = join(folder.path, '.offpeak')
  mkdirSync(join(own, 'files'), { recursive: true })
  for (const path of [own, join(own, 'files')]) chmodSync(path, 0o755)
  const old = join(own, 'files', 'old.jsonl')
  writeFileSync(old, '{}\n')
  chmodSync(old, 0o644)
  expect((await call(folder.path, 'jobs')).exit).toBe(0)
  expect(statSync(own).mode & 0o777).toBe(0o700)
  expect(statSync(join(own, 'files')).mode & 0o777).toBe(0o700)
  const check = z.object({
    name: z.string(),
    state: z.string(),
    message: z.string(),
    fix: z.string().nullable(),
  })
  const found = async (): Promise<z.infer<typeof check> | undefined> =>
    z
      .object({ checks: z.array(check) })
      .parse(jsonOf(await call(folder.path, 'doctor', '--json')))
      .checks.find(({ name }) => name === 'private')
  const named = await found()
  expect(named).toMatchObject({ state: 'warn', message: expect.stringContaining(old) })
  expect(spawnSync('sh', ['-c', named?.fix ?? 'false']).status).toBe(0)
  expect(await found()).toMatchObject({ state: 'ok' })
})
