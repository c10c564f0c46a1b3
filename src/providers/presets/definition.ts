import { keyParts } from '../accounts.ts'
import { firstSet, type ProviderDefinition, type Setup } from '../definition.ts'
import type { Preset } from './preset.ts'
import { presetProvider } from './preset-provider.ts'

/** A preset as a service that jobs can name. */
export function presetDefinition(preset: Preset): ProviderDefinition {
  const { name, title, keys, addressEnv, emulatorPath } = preset
  const address = ({ env }: Pick<Setup, 'env'>): string | null => env(addressEnv)
  return {
    name,
    title,
    prices: name,
    missing: (setup) => (firstSet(setup, ...keys) === null ? [keys[0]] : []),
    ...(keys.length > 1 && { orElse: { [keys[0]]: keys.slice(1).join(' or ') } }),
    environment: () => ({ secret: keys, shown: [addressEnv] }),
    accounts: keyParts(keys[0], addressEnv, keys.slice(1)),
    baseUrl: (setup) => `${address(setup) ?? preset.address}${preset.pathPrefix}`,
    connect(setup, { emulator, ...access }) {
      return presetProvider(preset, {
        ...access,
        apiKey: emulator?.key ?? firstSet(setup, ...keys)?.value ?? '',
        baseUrl: emulator ? `${emulator.url}${emulatorPath}` : address(setup),
        window: setup.model.window ?? null,
      })
    },
  }
}
