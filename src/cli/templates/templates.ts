import { plural } from '../../wording/count.ts'
import { cases } from './cases.ts'
import { events } from './events.ts'
import {
  blankJob,
  blankRecords,
  configFile,
  enrichmentJobs,
  envExample,
  headnotesJob,
  type NewFile,
  type ProviderChoice,
  providerPackages,
} from './files.ts'
import { lessonsFiles } from './lessons.ts'
import { products, productsJob } from './products.ts'
import { transcriptsFiles } from './transcripts.ts'

interface Template {
  /** The names of its jobs, in the order in which they are tried. */
  readonly jobs: readonly string[]
  /** Its job files and their data. */
  readonly files: (provider: ProviderChoice) => readonly NewFile[]
  /** What it needs besides Offpeak. */
  readonly packages?: readonly string[]
  readonly needsOpenai?: boolean
}

/** The templates of `init`. */
export const templates = {
  headnotes: {
    jobs: ['headnotes'],
    files: (provider) => [job('headnotes', headnotesJob(provider)), lines('data/cases.jsonl', cases())],
  },
  enrichment: {
    jobs: ['summaries', 'embeddings'],
    files: (provider) => [job('enrichment', enrichmentJobs(provider)), lines('data/events.jsonl', events())],
    needsOpenai: true,
  },
  products: {
    jobs: ['products'],
    files: (provider) => [job('products', productsJob(provider)), lines('data/products.jsonl', products())],
  },
  transcripts: { jobs: ['transcripts'], files: transcriptsFiles, packages: ['@cantoo/pdf-lib'] },
  lessons: { jobs: ['lessons'], files: lessonsFiles },
  blank: {
    jobs: ['example'],
    files: (provider) => [job('example', blankJob(provider)), lines('data/records.jsonl', blankRecords)],
  },
} as const satisfies Record<string, Template>

export type TemplateName = keyof typeof templates

export const templateNames: readonly TemplateName[] = Object.keys(templates).filter(
  (name): name is TemplateName => name in templates,
)

/** The files of a template, all but `package.json` and `.gitignore`. */
export function filesOf(name: TemplateName, provider: ProviderChoice): readonly NewFile[] {
  const { files, needsOpenai = false }: Template = templates[name]
  return [
    { path: 'offpeak.config.ts', text: configFile, words: null },
    ...files(provider),
    { path: '.env.example', text: envExample(provider, needsOpenai), words: null },
  ]
}

/** The packages that a template needs besides Offpeak, and those that its provider is called with. */
export function packagesOf(name: TemplateName, provider: ProviderChoice): readonly string[] {
  const { packages = [] }: Template = templates[name]
  return [...packages, ...(providerPackages[provider] ?? [])]
}

function job(name: string, text: string): NewFile {
  return { path: `jobs/${name}.job.ts`, text, words: null }
}

function lines(path: string, text: string): NewFile {
  return { path, text, words: plural(text.split('\n').length - 1, 'record') }
}
