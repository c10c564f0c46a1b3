import { expect, test } from 'vitest'
import { z } from 'zod'
import { courseOutline } from '../../examples/lessons/outline.ts'
import { startEmulator } from '../../src/emulator/index.ts'
import { jsonOf } from '../cli/project.ts'
import { type FilesProject, filesProject, keyName, states } from './files-project.ts'

const runArgs = ['run', 'lessons', '--max-cost', '$5'] as const
const status = z.object({
  run: z.string(),
  unchanged: z.number(),
  counts: z.record(z.string(), z.number()),
})

async function statusOf(
  project: FilesProject,
  env?: Readonly<Record<string, string>>,
): Promise<z.output<typeof status>> {
  const argv = ['status', 'lessons', '--json']
  return status.parse(jsonOf(await (env ? project.alone(argv, env) : project.offpeak(...argv))))
}

async function planned(project: FilesProject): Promise<unknown> {
  const { stdout } = await project.offpeak('plan', 'lessons', '--json')
  return z
    .object({ selected: z.number(), unchanged: z.number(), toSend: z.number() })
    .parse(JSON.parse(stdout))
}

/** A lesson as the job writes it, from its title to its last line feed. */
const wholeLesson = /^# .+\n\n[^]{80,}[^\n]\n$/

test('the outline has fifteen modules and 336 lessons, each with a title of its own', () => {
  const outline = courseOutline(336)
  expect(outline.match(/^## M\d+: /gm)).toHaveLength(15)
  const titles = outline.match(/^### L\d{3}: .+$/gm) ?? []
  expect(titles[0]).toMatch(/^### L001: /)
  expect(titles.at(-1)).toMatch(/^### L336: /)
  expect(new Set(titles.map((title) => title.slice(10))).size).toBe(336)
  expect(outline).not.toContain('{it}')
  for (const lessons of [1, 60, 999]) expect(courseOutline(lessons).match(/^### /gm)).toHaveLength(lessons)
})

test.each(states)(
  'an outline becomes a file for each lesson, whatever the provider does to its batches (%s)',
  async (_name, openState) => {
    await using state = await openState()
    await using emulator = await startEmulator({ speed: 5_000 })
    using project = filesProject('lessons', emulator, { maxRequests: 12, state: state.url })
    const outline = courseOutline(60)
    // What a lesson's notes provoke stays with it, however often it is asked.
    const troubled = outline
      .replace('### L003: ', '### L003: [[server_error_once]] ')
      .replace('### L007: ', '### L007: [[refusal]] ')
      .replace('### L011: ', '### L011: [[empty]] ')
      .replace('### L019: ', '### L019: [[content_filter]] ')
    project.put('data/outline.md', troubled)
    project.put('lessons/M0-L001.md', 'By hand.\n')
    expect(await planned(project)).toEqual({ selected: 60, unchanged: 1, toSend: 59 })
    for (const scenario of ['expire-partial', 'line-5xx@3:every=3']) emulator.play(scenario)

    const first = await project.offpeak(...runArgs)
    expect(first.exit, first.stderr).toBe(6)
    const names = project.names('lessons', '.md')
    expect(names).toHaveLength(57)
    expect(names).toEqual(expect.arrayContaining(['M0-L001.md', 'M14-L060.md']))
    for (const name of names.slice(1)) expect(project.read(`lessons/${name}`), name).toMatch(wholeLesson)
    expect(project.read('lessons/M0-L001.md')).toBe('By hand.\n')
    const { counts } = await statusOf(project)
    expect(counts).toMatchObject({ merged: 56 })
    expect(
      Object.values(counts).reduce((sum, count) => sum + count, 0),
      'one outcome for each',
    ).toBe(59)

    // Mended, only what failed is asked.
    project.put('data/outline.md', outline)
    const { requests } = emulator.bill()
    const second = await project.offpeak(...runArgs)
    expect(second.exit, second.stderr).toBe(0)
    expect(emulator.bill().requests - requests).toBe(3)
    expect(project.names('lessons', '.md')).toHaveLength(60)
    expect(await planned(project)).toEqual({ selected: 60, unchanged: 60, toSend: 0 })
    const third = await project.offpeak(...runArgs)
    expect(third.stderr).toContain('Nothing to do')
    expect(emulator.bill().requests - requests).toBe(3)
  },
)

test('a run that is killed while it writes leaves each lesson whole or absent, and ends as if it had not been', async () => {
  await using emulator = await startEmulator({ speed: 5_000 })
  using project = filesProject('lessons', emulator)
  project.put('data/outline.md', courseOutline(336))
  const signal = await project.killed(runArgs, () => project.names('lessons', '.md').length > 20)
  expect(signal).toBe('SIGKILL')
  const left = project.names('lessons', '.md')
  expect(left.length).toBeGreaterThan(20)
  expect(left.length, 'it was killed half-way').toBeLessThan(336)
  for (const name of left) expect(project.read(`lessons/${name}`), name).toMatch(wholeLesson)
  const resumed = await project.offpeak(...runArgs)
  expect(resumed.exit, resumed.stderr).toBe(0)
  expect(project.names('lessons', '.md')).toHaveLength(336)
  expect(emulator.bill()).toMatchObject({ batches: 1, requests: 336, duplicate_requests: 0 })
})

test('of two runs that write the same lessons at once each lesson keeps the first that came, whole', async () => {
  await using emulator = await startEmulator({ speed: 5_000, scenarios: ['own-keys'] })
  using project = filesProject('lessons', emulator)
  project.put('data/outline.md', courseOutline(60))
  const job = project.read('jobs/lessons.job.ts')
  project.put(
    'jobs/lessons.job.ts',
    job.replace('{ row, output }) => `#', '{ row, output, provenance }) => `run ${provenance.run}\\n#'),
  )
  // Each has a state of its own with files beside it, and a key of its own: one does not see what the other sends.
  project.put(
    'offpeak.config.ts',
    "import { defineConfig } from 'offpeak'\nexport default defineConfig({ files: `${process.env['OFFPEAK_STATE']}.files` })\n",
  )
  const teams = ['a', 'b'].map((name) => ({
    OFFPEAK_STATE: `.offpeak/${name}.db`,
    [keyName]: `key-${name}`,
  }))
  const runs = await Promise.all(teams.map((env) => project.alone(runArgs, env)))
  for (const { exit, stderr } of runs) expect([0, 6], stderr).toContain(exit)
  const [one, other] = await Promise.all(teams.map((env) => statusOf(project, env)))
  const names = project.names('lessons', '.md')
  expect(names).toHaveLength(60)
  const writers = names.map((name) => {
    const [, writer = '', lesson = ''] = /^run (\w+)\n([^]*)$/.exec(project.read(`lessons/${name}`)) ?? []
    expect(lesson).toMatch(wholeLesson)
    return writer
  })
  for (const { run: id, unchanged, counts } of [one, other].filter((found) => found !== undefined)) {
    expect(writers.filter((writer) => writer === id)).toHaveLength(counts['merged'] ?? 0)
    expect((counts['merged'] ?? 0) + (counts['rejected'] ?? 0) + unchanged).toBe(60)
  }
})

test('a lesson that somebody writes while its answer is under way is kept, and the run says so', async () => {
  await using emulator = await startEmulator({ speed: 5_000 })
  using project = filesProject('lessons', emulator)
  project.put('data/outline.md', courseOutline(15))
  const built = await project.offpeak('build', 'lessons')
  expect(built.exit, built.stderr).toBe(0)
  project.put('lessons/M4-L005.md', 'Quicker by hand.\n')
  expect((await project.offpeak('submit', 'lessons', '--max-cost', '$5')).exit).toBe(0)
  const resumed = await project.offpeak('resume', 'lessons')
  expect(resumed.exit).toBe(6)
  expect(resumed.stdout).toContain('rejected: lessons/M4-L005.md is there with other content')
  expect(project.read('lessons/M4-L005.md')).toBe('Quicker by hand.\n')
  expect((await statusOf(project)).counts).toMatchObject({ merged: 14, rejected: 1 })
})

test('results that were downloaded before are merged from their file, without what models put around a lesson', async () => {
  await using emulator = await startEmulator({ speed: 5_000 })
  using project = filesProject('lessons', emulator)
  project.put('data/outline.md', courseOutline(15))
  const lesson =
    'A sentence that is long enough to stand for a whole lesson in a test. And then one more of them.'
  const answers = [
    lesson,
    `Here is the lesson:\n\n${lesson}`,
    `\`\`\`markdown\n${lesson}\n\`\`\``,
    'Too short.',
  ]
  project.put(
    'results.jsonl',
    answers
      .map((content, index) => {
        const choices = [{ message: { role: 'assistant', content }, finish_reason: 'stop' }]
        const body = { choices, usage: { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 } }
        const custom_id = `M${index}-L00${index + 1}`
        return `${JSON.stringify({ custom_id, response: { status_code: 200, body }, error: null })}\n`
      })
      .join(''),
  )
  const merged = await project.offpeak(
    'merge',
    'lessons',
    '--file',
    'results.jsonl',
    '--key',
    '{module.code}-{code}',
  )
  expect(merged.exit, merged.stderr).toBe(6)
  expect(merged.stderr).toContain('takes 4 answers')
  const names = ['M0-L001.md', 'M1-L002.md', 'M2-L003.md']
  expect(project.names('lessons', '.md')).toEqual(names)
  for (const name of names)
    expect(project.read(`lessons/${name}`)).toMatch(new RegExp(`^# .+\n\n${lesson}\n$`))
  expect(emulator.bill().requests).toBe(0)
})
