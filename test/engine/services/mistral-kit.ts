import { type KitOptions, type KitProject, openKit } from '../run-kit.ts'

/** A project of short notes that asks Mistral, whose part an emulator of its own plays. */
export function openMistral(options: KitOptions = {}): Promise<KitProject> {
  return openKit({
    ...options,
    service: {
      name: 'env, mistral',
      // Its own client reads no variable for the address.
      model: "mistral('mistral-small-latest', { baseUrl: env('OFFPEAK_TEST_MISTRAL') })",
      env: ({ baseUrls }) => ({
        MISTRAL_API_KEY: 'any-mistral-key',
        OFFPEAK_TEST_MISTRAL: baseUrls['mistral'] ?? '',
      }),
    },
  })
}
