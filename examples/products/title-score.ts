import type { Product } from './source.ts'

const wantedCharacters = 60

/** How good a title is by rule, from 0 to 1: it is short, names the product, and does not shout. */
export function titleScore({ name, brand }: Pick<Product, 'name' | 'brand'>, title: string): number {
  const says = (words: string): boolean => title.toLowerCase().includes(words.toLowerCase())
  const named = says(name) ? 1 : name.split(' ').some((word) => word.length > 3 && says(word)) ? 0.5 : 0
  const rules = [
    title.length <= wantedCharacters ? 1 : wantedCharacters / title.length,
    named,
    brand === null || says(brand) ? 1 : 0,
    /!|\b[A-Z]{4,}\b/.test(title) ? 0 : 1,
  ]
  return rules.reduce((sum, points) => sum + points, 0) / rules.length
}
