import { storeLinks } from './affiliate.ts'
import type { LocaleContent, ProductContent } from './content.ts'
import type { Product } from './source.ts'

/** Where content comes from, as every sink is told. */
interface Provenance {
  readonly job: string
  readonly model: string
  readonly run: string
  readonly at: Date
}

/** The columns that hold content, each as JSON. */
type Columns = Readonly<Record<keyof ProductContent, object>>

/** The columns of a product whose locales are all answered. */
export function fromLocales(
  product: Product,
  answers: readonly LocaleContent[],
  provenance: Provenance,
): Columns {
  const byLocale = (value: (answer: LocaleContent) => object): object =>
    Object.fromEntries(answers.map((answer) => [answer.locale, value(answer)]))
  return withFacts(product, provenance, {
    ai_generated_content: byLocale(
      ({ locale: _locale, customer_reviews: _reviews, qa: _qa, ...sections }) => sections,
    ),
    customer_reviews: byLocale(({ customer_reviews }) => customer_reviews),
    qa: byLocale(({ qa }) => qa),
  })
}

/** The columns of a product that was answered whole. */
export function fromWhole(product: Product, answer: ProductContent, provenance: Provenance): Columns {
  const { ai_generated_content, customer_reviews, qa, content_metadata } = answer
  const columns = withFacts(product, provenance, { ai_generated_content, customer_reviews, qa })
  return { ...columns, content_metadata: { ...content_metadata, ...columns.content_metadata } }
}

/** What is known is not taken from a model: neither the product nor the addresses of stores and images. */
function withFacts(
  product: Product,
  { job, model, run, at }: Provenance,
  written: Pick<Columns, 'ai_generated_content' | 'customer_reviews' | 'qa'>,
): Columns {
  const { sku: _, ...facts } = product
  const { url_source, image_uri } = product
  const none = { source: null, page_url: null, image_url: null }
  return {
    ...written,
    product_input: { ...facts, store_links: storeLinks(product) },
    images: {
      front_view: none,
      back_view: none,
      official_image:
        image_uri === null ? none : { source: 'shop', page_url: url_source, image_url: image_uri },
    },
    content_metadata: {
      job,
      model,
      run,
      generated_at: at.toISOString(),
      locales: Object.keys(written.ai_generated_content),
    },
  }
}
