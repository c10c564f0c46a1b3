import type { ProductContent } from './content.ts'
import type { Product } from './source.ts'

type StoreLinks = ProductContent['product_input']['store_links']

/** Where each store looks for a product: `{query}` and `{ref}` are filled in. */
const stores: Readonly<Record<string, string>> = {
  thomann: 'https://www.thomann.de/intl/search_dir.html?sw={query}&affid={ref}',
  gear4music: 'https://www.gear4music.com/search/str/{query}?affid={ref}',
  sweetwater: 'https://www.sweetwater.com/store/search?s={query}&irclickid={ref}',
  andertons: 'https://www.andertons.co.uk/search?q={query}&aff={ref}',
}

/** Your account at each store that has one for you; put them into the environment or a file, as you like. */
export const accounts: Readonly<Record<string, string>> = { thomann: 'demo-1042', gear4music: 'demo-77' }

/** The links of a product at every store: an address where there is an account, else nulls. */
export function storeLinks(
  { brand, name }: Pick<Product, 'brand' | 'name'>,
  refs: Readonly<Record<string, string>> = accounts,
): StoreLinks {
  const query = encodeURIComponent(brand === null || name.startsWith(brand) ? name : `${brand} ${name}`)
  return Object.fromEntries(
    Object.entries(stores).map(([store, address]) => {
      const ref = refs[store] ?? null
      if (ref === null) return [store, { product_url: null, ref_id: null }]
      const product_url = address.replace('{query}', query).replace('{ref}', encodeURIComponent(ref))
      return [store, { product_url, ref_id: ref }]
    }),
  )
}
