import { type KitOptions, type KitProject, openKit } from '../run-kit.ts'

const withoutThoughts = 'parameters: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },'

/** A project of short notes that asks Gemini, whose part an emulator of its own plays. */
export function openGemini(
  model = 'gemini-2.5-flash',
  { job = '', ...options }: KitOptions = {},
): Promise<KitProject> {
  return openKit({
    job: job.includes('parameters:') ? job : `${withoutThoughts} ${job}`,
    ...options,
    service: {
      name: 'gemini',
      model: `gemini('${model}')`,
      env: ({ baseUrls }) => ({
        GEMINI_API_KEY: 'AIza-any-key',
        GOOGLE_GEMINI_BASE_URL: baseUrls['gemini'] ?? '',
      }),
    },
  })
}
