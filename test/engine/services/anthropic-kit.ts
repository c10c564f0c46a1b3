import { type KitOptions, type KitProject, openKit } from '../run-kit.ts'

/** A project of short notes that asks Claude, whose part an emulator of its own plays. */
export function openClaude(
  model = 'claude-haiku-5-5',
  { settings = {}, ...options }: KitOptions = {},
): Promise<KitProject> {
  return openKit({
    job: "parameters: { thinking: { type: 'disabled' } },",
    settings: {
      batch: { maxRequests: 5 },
      timings: {
        pollEveryMs: 30,
        quotaBackoffMs: 50,
        settleMs: [50],
        listingLagMs: 50,
        lostAfterMs: 1_500,
      },
      ...settings,
    },
    ...options,
    service: {
      name: 'anthropic',
      model: `anthropic('${model}')`,
      env: ({ baseUrls }) => ({
        ANTHROPIC_API_KEY: 'sk-ant-any',
        ANTHROPIC_BASE_URL: baseUrls['anthropic'] ?? '',
      }),
    },
  })
}
