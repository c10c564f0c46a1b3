import { importLine, models, type NewFile, type ProviderChoice } from './files.ts'

const outline = `# Sailing for beginners

## M0: Before the trip

### L001: Reading the weather

A falling barometer tells of wind, and high thin clouds tell of it a day before. Whoever looks up every hour is seldom
surprised.

### L002: Packing a small boat

Heavy things lie low and near the middle, and nothing lies loose. What may not get wet goes into two bags, not one.

## M1: Under way

### L003: Steering by the wind

A boat cannot sail straight into the wind, and so it goes up in a zigzag. Each turn costs speed, so that few long legs
beat many short ones.

### L004: A rule for meeting others

Of two sailing boats the one with the wind from the right goes first. Who has to give way does so early and so that it
can be seen.
`

const prompt = `Course: {{course}}
Lesson: {{title}}

Notes from the outline:

{{notes}}
`

/** A lesson for each heading of an outline, as a Markdown file. */
export function lessonsFiles(provider: ProviderChoice): readonly NewFile[] {
  const { imports, before, model } = models[provider]
  const job = `${importLine(['clean', 'defineJob', 'files', imports, 'template'])}
${before}
const lesson = template('prompts/lesson.md', ['course', 'title', 'notes'])

export default defineJob({
  name: 'lessons',
  from: files.outline('data/outline.md', { level: 3 }),
  model: ${model}
  maxTokens: 2_000,
  prompt: ({ row }) => ({
    system: 'You write one lesson in Markdown: goal, explanation, example, three exercises.',
    user: lesson({ course: row.path.join(' > '), title: row.title, notes: row.body }),
  }),
  to: {
    file: ({ row }) => \`lessons/\${row.module?.code}-\${row.code}.md\`,
    // Without the fence or the greeting that models put around an answer.
    content: ({ row, output }) => \`# \${row.title}\\n\\n\${clean(output).trim()}\\n\`,
    skipExisting: true,
  },
  budget: { perRun: '$1' },
})
`
  return [
    { path: 'jobs/lessons.job.ts', text: job, words: null },
    { path: 'prompts/lesson.md', text: prompt, words: null },
    { path: 'data/outline.md', text: outline, words: '4 lessons' },
  ]
}
