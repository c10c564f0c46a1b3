import { clean, defineJob, files, openai, type OutlineSection, template } from 'offpeak'

const system = template('prompts/LESSON_GENERATION_PROMPT_GENERIC.md', [])
const lesson = template('prompts/lesson.md', ['course', 'module', 'moduleTitle', 'lesson', 'title', 'notes'])

/** The codes of the outline; an outline without any is counted. */
const moduleCode = ({ module }: OutlineSection): string => module?.code ?? `M${module?.index ?? 0}`
const lessonCode = ({ code, n }: OutlineSection): string => code ?? `L${String(n).padStart(3, '0')}`

export default defineJob({
  name: 'lessons',
  from: files.outline('data/outline.md', { level: 3 }),
  model: openai('gpt-4o-mini'),
  temperature: 0.7,
  maxTokens: 4_000,
  prompt: ({ row }) => ({
    system: system({}),
    user: lesson({
      course: row.path[0] ?? '',
      module: moduleCode(row),
      moduleTitle: row.module?.title ?? '',
      lesson: lessonCode(row),
      title: row.title,
      notes: row.body || 'none',
    }),
  }),
  check: ({ output }) => output.trim().length >= 80 || 'too short for a lesson',
  to: {
    file: ({ row }) => `lessons/${moduleCode(row)}-${lessonCode(row)}.md`,
    content: ({ row, output }) => `# ${row.title}\n\n${clean(output).trim()}\n`,
    skipExisting: true, // what is there was written by hand, or before
  },
  budget: { perRun: '$5' },
})
