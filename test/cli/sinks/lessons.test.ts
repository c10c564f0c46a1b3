import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { readJson } from '../notes-project.ts'
import { call, temporaryFolder, write } from '../project.ts'

const outline = `# Sailing

## M0: Before the trip

### L001: Reading the weather

- clouds tell of wind
- a falling barometer tells of storm

### L002: Packing

## M1: Under way

### L003: Reading the weather

Look at the sky every hour.
`

async function project(dir: string): Promise<void> {
  await write(dir, {
    'offpeak.config.ts':
      "import { defineConfig } from 'offpeak'\nexport default defineConfig({ emulator: { speed: 2000, write: true }, timings: { pollEveryMs: 50 } })\n",
    'course/outline.md': outline,
    'prompts/lesson.md': 'Course: {{path}}\nLesson: {{title}}\nNotes:\n{{notes}}\n',
    'jobs/lessons.job.ts': `import { clean, defineJob, files, openai, template } from 'offpeak'
const lesson = template('prompts/lesson.md', ['path', 'title', 'notes'])
export default defineJob({
  name: 'lessons',
  from: files.outline('course/outline.md', { level: 3 }),
  model: openai('gpt-4.1-mini'),
  maxTokens: 200,
  prompt: ({ row }) => ({
    system: 'You write one lesson.',
    user: lesson({ path: row.path.join(' > '), title: row.title, notes: row.body }),
  }),
  to: {
    file: ({ row }) => \`course/lessons/\${row.module?.code}-\${row.code}-\${row.slug}.md\`,
    content: ({ row, output }) => \`---\\ntitle: \${row.title}\\n---\\n\\n\${clean(output)}\\n\`,
    skipExisting: true,
  },
  budget: { perRun: '$1' },
})
`,
  })
}

const lessons = (dir: string): readonly string[] => readdirSync(join(dir, 'course/lessons')).toSorted()
const planned = async (dir: string): Promise<unknown> =>
  readJson(
    z.object({ selected: z.number(), toSend: z.number(), unchanged: z.number() }),
    await call(dir, 'plan', 'lessons', '--json'),
  )

test('an outline becomes a file for each lesson, and a second run sends nothing', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  expect((await call(folder.path, 'run', 'lessons', '--yes')).exit).toBe(0)
  expect(lessons(folder.path)).toEqual([
    'M0-L001-reading-the-weather.md',
    'M0-L002-packing.md',
    'M1-L003-reading-the-weather-2.md',
  ])
  expect(readFileSync(join(folder.path, 'course/lessons/M0-L002-packing.md'), 'utf8')).toMatch(
    /^---\ntitle: Packing\n---\n\n./,
  )
  expect(await planned(folder.path)).toEqual({ selected: 3, toSend: 0, unchanged: 3 })
  const again = await call(folder.path, 'run', 'lessons', '--yes')
  expect(again.exit).toBe(0)
  expect(again.stderr).toContain('Nothing to do')
})

test('what somebody wrote by hand is left out and left alone; what is removed is written again', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  await write(folder.path, { 'course/lessons/M0-L001-reading-the-weather.md': 'by hand' })
  expect(await planned(folder.path)).toEqual({ selected: 3, toSend: 2, unchanged: 1 })
  await call(folder.path, 'run', 'lessons', '--yes')
  const counts = z.object({ selected: z.number(), unchanged: z.number() })
  expect(readJson(counts, await call(folder.path, 'status', 'lessons', '--json'))).toEqual({
    selected: 3,
    unchanged: 1,
  })
  expect(readFileSync(join(folder.path, 'course/lessons/M0-L001-reading-the-weather.md'), 'utf8')).toBe(
    'by hand',
  )
  rmSync(join(folder.path, 'course/lessons/M0-L002-packing.md'))
  expect(await planned(folder.path)).toEqual({ selected: 3, toSend: 1, unchanged: 2 })
  const { stdout } = await call(folder.path, 'run', 'lessons', '--yes')
  expect(stdout).toContain('1 of 1 record')
  expect(lessons(folder.path)).toHaveLength(3)
})

test('one lesson is written again when it is asked for', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  await write(folder.path, { 'course/lessons/M0-L002-packing.md': 'old' })
  const { exit } = await call(folder.path, 'run', 'lessons', '--only', 'L002', '--redo', '--yes')
  expect(exit).toBe(0)
  expect(readFileSync(join(folder.path, 'course/lessons/M0-L002-packing.md'), 'utf8')).toContain(
    'title: Packing',
  )
  expect(lessons(folder.path)).toEqual(['M0-L002-packing.md'])
})

test('planning writes nothing', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  await call(folder.path, 'plan', 'lessons')
  expect(existsSync(join(folder.path, 'course/lessons'))).toBe(false)
})

test('a placeholder that nothing fills stops the plan with file and line', async () => {
  using folder = temporaryFolder()
  await project(folder.path)
  writeFileSync(join(folder.path, 'prompts/lesson.md'), '{{path}}\n{{title}}\n{{note}}\n')
  const { exit, stderr } = await call(folder.path, 'plan', 'lessons')
  expect(exit).toBe(2)
  expect(stderr).toContain('{{note}}')
  expect(stderr).toContain('prompts/lesson.md:3')
  expect(stderr).toContain('E_JOB_INVALID')
})
