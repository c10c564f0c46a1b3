import type { Locale } from './content.ts'
import type { Product } from './source.ts'

const readers: Readonly<Record<Locale, string>> = {
  'en-US': 'the United States, in American English',
  'en-GB': 'the United Kingdom, in British English',
  'es-ES': 'Spain, in Spanish',
  'fr-FR': 'France, in French',
  'de-DE': 'Germany, in German',
  'it-IT': 'Italy, in Italian',
  'pt-PT': 'Portugal, in European Portuguese',
}

interface Prompt {
  readonly system: string
  readonly user: string
}

const editor = [
  'You are the editor of a shop for musical instruments and write about one product for people who think of buying it.',
  'State only what follows from the product’s data or is common knowledge about this kind of product.',
  'Give no addresses of shops or images, no prices and no invented opinions of named people.',
].join('\n')

/** Asks for the content of one locale. */
export function writeForLocale({ row }: { readonly row: Product & { readonly locale: Locale } }): Prompt {
  return {
    system: `${editor}\nWrite for readers in the locale that is named after the product.`,
    user: `<product>\n${facts(row)}\n\nThis page is for readers in ${readers[row.locale]} (${row.locale}).\n</product>`,
  }
}

/** Asks for all locales at once. */
export function writeWhole({ row }: { readonly row: Product }): Prompt {
  const wanted = Object.entries(readers).map(([locale, place]) => `- ${locale}: readers in ${place}`)
  return {
    system: `${editor}\nWrite everything once for each of these locales, in its own language:\n${wanted.join('\n')}`,
    user: `<product>\n${facts(row)}\n</product>`,
  }
}

/** Asks for a judgment of what was written. */
export function judge({
  row,
}: {
  readonly row: { readonly name: string; readonly content: string }
}): Prompt {
  return {
    system: [
      'You check product texts before they go online. Rate the text from 0 (unusable) to 10 (nothing to improve):',
      'it must be concrete, fit the product, contradict nothing, and repeat itself nowhere. Name what is wrong, if anything.',
    ].join('\n'),
    user: `<text>\n${row.name}\n\n${row.content}\n</text>`,
  }
}

/** Two ways of asking for a title, to be compared. */
export const titles = {
  plain: ({ row }: { readonly row: Product }): Prompt => ({
    system: 'Write the title of a product page: brand, name and kind, at most 60 characters, no praise.',
    user: `<product>\n${facts(row)}\n</product>`,
  }),
  benefit: ({ row }: { readonly row: Product }): Prompt => ({
    system:
      'Write the title of a product page: the name, and what the player gains by it, at most 60 characters.',
    user: `<product>\n${facts(row)}\n</product>`,
  }),
}

function facts({ name, brand, category, description, msrp_price, specs }: Product): string {
  return [
    `${name}${brand === null || name.startsWith(brand) ? '' : ` by ${brand}`} (${category}).`,
    description,
    Object.entries(specs)
      .map(([spec, value]) => `- ${spec}: ${value}`)
      .join('\n'),
    msrp_price === null ? null : `List price: ${msrp_price.toFixed(2)}`,
  ]
    .filter((part) => part !== null && part !== '')
    .join('\n\n')
}
