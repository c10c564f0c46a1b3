import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { costsJson, jsonLines, notesProject, readJson, statusJson } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

test('status lists the runs, shows one, and one of its batches', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  expect((await call(folder.path, 'status')).stderr).toContain('There are no runs yet.')
  await call(folder.path, 'run', 'notes', '--yes')
  const list = (await call(folder.path, 'ls')).stdout
  expect(list).toMatch(/notes +SIMULATED +\+ done +12\/12/)
  const one = (await call(folder.path, 'status', 'notes')).stdout
  expect(one).toContain('12/12 merged')
  expect(one).toContain('12  merged: written to the sink')
  const { batches } = readJson(statusJson, await call(folder.path, 'status', 'notes', '--json'))
  const providerBatchId = batches[0]?.providerBatchId ?? 'none'
  expect((await call(folder.path, 'status', 'notes', '--batch', providerBatchId)).stdout).toContain(
    '12 completed · 0 failed of 12',
  )
  expect((await call(folder.path, 'status', 'notes', '--batch', '7')).exit).toBe(2)
  expect((await call(folder.path, 'status', '--watch')).exit).toBe(2)
})

test('status --watch looks on until the run has ended and carries nothing on', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, { speed: 40 })
  await call(folder.path, 'run', 'notes', '--yes', '--detach')
  const [, watched] = await Promise.all([
    call(folder.path, 'resume'),
    call(folder.path, 'status', 'notes', '--watch'),
  ])
  expect(watched.exit).toBe(0)
  expect(watched.stderr).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ run=\w+ phase=\w+ rows=\d+\/12 merged=\d+ failed=0 retrying=0 spent=[\d.]+ reserved=[\d.]+$/m,
  )
  expect(watched.stdout).toContain('12 of 12 records')
})

test('show has the row, the prompt, the answer and the cost of one record', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'run', 'notes', '--yes')
  const { stdout } = await call(folder.path, 'show', 'notes', '5')
  expect(stdout).toContain('merged: written to the sink')
  expect(stdout).toMatch(/User +Note 5 tells of a ship that came in at noon\./)
  expect(stdout).toMatch(/Answer +\{/)
  expect(stdout).toMatch(/Cost +\$0\.0+\d+ · \d+ tokens in · \d+ out/)
  expect((await call(folder.path, 'show', 'notes', '5', '--raw')).stdout).toContain('"custom_id"')
  expect(await call(folder.path, 'show', 'notes', '77')).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('E_RECORD_UNKNOWN'),
  })
})

test('what a row or an answer holds cannot steer the terminal', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    job: "check: ({ row }) => row.id === 1 ? 'bad \\u001b[2J\\u0007 \\u202e reason' : true, retry: { max: 1 },",
  })
  const rows = readFileSync(join(folder.path, 'notes.jsonl'), 'utf8').replace(
    'Note 1 tells',
    'Note 1 \\u001b]0;title\\u0007\\u001b[31m tells',
  )
  await write(folder.path, { 'notes.jsonl': rows })
  const said = [await call(folder.path, 'run', 'notes', '--yes')]
  for (const words of [
    ['show', 'notes', '1'],
    ['show', 'notes', '1', '--raw', '--full'],
    ['errors', 'notes'],
    ['report', 'notes'],
    ['report', 'notes', '--md'],
    ['plan', 'notes', '--redo', '--show', '3'],
  ])
    said.push(await call(folder.path, ...words))
  for (const { stdout, stderr } of said) {
    // oxlint-disable-next-line no-control-regex -- these are what must not come through
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202e]/)
  }
})

test('the report comes as a screen, Markdown, JSON and one HTML file that loads nothing', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path, {
    job: "check: ({ row }) => row.id === 1 ? '<script>alert(1)</script> | [x](http://y)' : true, retry: { max: 1 },",
  })
  await call(folder.path, 'run', 'notes', '--yes')
  const screen = (await call(folder.path, 'report', 'notes')).stdout
  for (const words of ['planned', 'actual', 'saved', 'paid but unusable', 'became the answer of a request'])
    expect(screen).toContain(words)
  const markdown = (await call(folder.path, 'report', 'notes', '--md')).stdout
  expect(markdown).toContain('### Cost')
  expect(markdown).not.toContain('<script>')
  expect(markdown).not.toContain('| [x](http://y)')
  expect(jsonLines(await call(folder.path, 'report', 'notes', '--json'))[0]?.schema).toBe('offpeak.report/2')
  expect((await call(folder.path, 'report', 'notes', '-o', 'r.html')).stderr).toContain('Wrote r.html')
  const html = readFileSync(join(folder.path, 'r.html'), 'utf8')
  expect(html).toContain('&#60;script&#62;')
  expect(html).not.toMatch(/<script|src=|href=|url\(/)
})

test('who looks where no provider was asked is shown to the runs of the emulator', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'run', 'notes', '--yes')
  const config = join(folder.path, 'offpeak.config.ts')
  writeFileSync(config, readFileSync(config, 'utf8').replace(/emulator: \{[^}]*\}, /, ''))
  for (const command of ['status', 'costs']) {
    const { stderr } = await call(folder.path, command)
    expect(stderr).toMatch(new RegExp(`Simulated +offpeak ${command} --emulator`))
    expect((await call(folder.path, command, '--emulator')).stdout).toContain('notes')
  }
})

test('costs are summed by job, model, day and run, and come as CSV', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  expect((await call(folder.path, 'costs')).stderr).toContain('Nothing was spent yet.')
  await call(folder.path, 'run', 'notes', '--yes')
  await call(folder.path, 'run', 'notes', '--yes', '--redo')
  for (const by of ['job', 'model', 'day', 'run']) {
    const costs = readJson(costsJson, await call(folder.path, 'costs', '--by', by, '--json'))
    expect(costs.rows).toHaveLength(by === 'run' ? 2 : 1)
    expect(costs.rows.reduce((sum, { spentMicroUsd }) => sum + spentMicroUsd, 0)).toBe(
      costs.total.spentMicroUsd,
    )
    expect(costs.total).toMatchObject({ merged: 24, runs: 2 })
  }
  const csv = (await call(folder.path, 'costs', '--by', 'run', '--csv')).stdout.trim().split('\n')
  expect(csv).toHaveLength(3)
  expect(csv[0]).toBe(
    'run,runs,merged,need_person,spent_usd,reserved_usd,realtime_usd,saved_usd,unusable_usd,duplicate_usd',
  )
  expect((await call(folder.path, 'costs', '--since', '1ms')).stderr).toContain(
    'Nothing was spent in the last',
  )
})

test('what was spent by the ledger is what the run says', async () => {
  using folder = temporaryFolder()
  await notesProject(folder.path)
  await call(folder.path, 'run', 'notes', '--yes')
  const status = readJson(statusJson, await call(folder.path, 'status', 'notes', '--json'))
  const costs = readJson(costsJson, await call(folder.path, 'costs', '--json'))
  expect(costs.total).toMatchObject({
    spentMicroUsd: status.money.spentMicroUsd,
    savedMicroUsd: status.money.savedMicroUsd,
    reservedMicroUsd: 0,
  })
})
