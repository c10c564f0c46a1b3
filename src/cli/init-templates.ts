import { plural } from './format.ts'
import { cases } from './init-cases.ts'
import { events } from './init-events.ts'
import {
  blankJob,
  blankRecords,
  configFile,
  enrichmentJobs,
  envExample,
  headnotesJob,
  type ProviderChoice,
} from './init-files.ts'

export interface NewFile {
  readonly path: string
  readonly text: string
  /** What is in it, for the list. */
  readonly words: string | null
}

interface Template {
  /** The names of its jobs, in the order in which they are tried. */
  readonly jobs: readonly string[]
  readonly jobFile: string
  readonly job: (provider: ProviderChoice) => string
  readonly dataFile: string
  /** JSON lines. */
  readonly data: () => string
}

/** What `init` can begin with. */
export const templates = {
  headnotes: {
    jobs: ['headnotes'],
    jobFile: 'jobs/headnotes.job.ts',
    job: headnotesJob,
    dataFile: 'data/cases.jsonl',
    data: cases,
  },
  enrichment: {
    jobs: ['summaries', 'embeddings'],
    jobFile: 'jobs/enrichment.job.ts',
    job: enrichmentJobs,
    dataFile: 'data/events.jsonl',
    data: events,
  },
  blank: {
    jobs: ['example'],
    jobFile: 'jobs/example.job.ts',
    job: blankJob,
    dataFile: 'data/records.jsonl',
    data: () => blankRecords,
  },
} as const satisfies Record<string, Template>

export type TemplateName = keyof typeof templates

/** The files of a template, all but `package.json` and `.gitignore`. */
export function filesOf(name: TemplateName, provider: ProviderChoice): readonly NewFile[] {
  const { jobFile, job, dataFile, data } = templates[name]
  const text = data()
  return [
    { path: 'offpeak.config.ts', text: configFile, words: null },
    { path: jobFile, text: job(provider), words: null },
    { path: dataFile, text, words: plural(text.split('\n').length - 1, 'record') },
    { path: '.env.example', text: envExample(provider, name === 'enrichment'), words: null },
  ]
}
