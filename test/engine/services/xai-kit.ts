import { type KitOptions, type KitProject, openKit } from '../run-kit.ts'

/** A project of short notes that asks Grok, whose part an emulator of its own plays. */
export function openGrok(options: KitOptions = {}): Promise<KitProject> {
  return openKit({
    ...options,
    service: {
      name: 'xai',
      model: "xai('grok-4.3')",
      env: ({ baseUrls }) => ({ XAI_API_KEY: 'xai-any-key', XAI_BASE_URL: baseUrls['xai'] ?? '' }),
    },
  })
}
