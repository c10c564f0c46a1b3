import { keyParts } from '../accounts.ts'
import { firstSet, type ProviderDefinition } from '../definition.ts'
import { geminiBaseUrl, geminiProvider } from './gemini.ts'

const [googleKey, geminiKey, urlName] = ['GOOGLE_API_KEY', 'GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL']

/** Gemini, by the names that Google's own client reads; of both keys, it takes the first. */
export const geminiDefinition: ProviderDefinition = {
  name: 'gemini',
  title: 'Gemini',
  prices: 'gemini',
  missing: (setup) => (firstSet(setup, googleKey, geminiKey) === null ? [geminiKey] : []),
  orElse: { [geminiKey]: googleKey },
  environment: () => ({ secret: [googleKey, geminiKey], shown: [urlName] }),
  // The name that Google's own client prefers is not read beside another one.
  accounts: keyParts(geminiKey, urlName, [googleKey]),
  baseUrl: ({ env }) => env(urlName) ?? geminiBaseUrl,
  connect(setup, { emulator, ...access }) {
    return geminiProvider({
      ...access,
      apiKey: emulator?.key ?? firstSet(setup, googleKey, geminiKey)?.value ?? '',
      baseUrl: emulator ? `${emulator.url}/gemini` : setup.env(urlName),
    })
  },
}
