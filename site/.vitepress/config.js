import { defineConfig } from 'vitepress'

const page = (text, link) => ({ text, link: `/${link}` })

/** Headings get the anchors that they have on GitHub, which the links of the pages are written for. */
function slugify(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
    .replaceAll(' ', '-')
}

/** Text is text: two braces in a page are no expression of Vue. */
function plainText({ renderer }) {
  for (const kind of ['text', 'code_inline']) {
    const rule = renderer.rules[kind]
    renderer.rules[kind] = (...called) => rule(...called).replaceAll('{{', '&#123;&#123;')
  }
}

export default defineConfig({
  srcDir: 'pages',
  title: 'Offpeak',
  description: 'LLM jobs over all of your data, at batch prices, paid once',
  markdown: { anchor: { slugify }, config: plainText },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      page('Begin', 'docs/first-ten-minutes'),
      page('Jobs', 'docs/jobs'),
      page('Operations', 'docs/operations'),
      page('Reference', 'docs/reference/job'),
      page('API', 'api/'),
    ],
    sidebar: [
      {
        text: 'Begin',
        items: [
          page('First ten minutes', 'docs/first-ten-minutes'),
          page('A real provider', 'docs/real-provider'),
          page('The job guide', 'docs/jobs'),
          page('Troubleshooting', 'docs/troubleshooting'),
          page('Glossary', 'docs/glossary'),
        ],
      },
      {
        text: 'Data and providers',
        items: [
          page('Tables and files', 'docs/tables'),
          page('PostgreSQL', 'docs/postgres'),
          page('File formats', 'docs/files'),
          page('Values by column type', 'docs/values'),
          page('Providers', 'docs/providers'),
          page('Network', 'docs/network'),
          page('The emulator', 'docs/emulator'),
        ],
      },
      {
        text: 'Run it',
        items: [
          page('Operations', 'docs/operations'),
          page('The server', 'docs/server'),
          page('Deploying', 'docs/deploying'),
          page('Upgrade, backup, restore', 'docs/upgrading'),
          page('Security', 'docs/security'),
          page('Performance', 'docs/performance'),
        ],
      },
      {
        text: 'Reference',
        items: [
          page('Jobs', 'docs/reference/job'),
          page('Configuration', 'docs/reference/configuration'),
          page('Commands', 'docs/reference/commands'),
          page('Errors', 'docs/reference/errors'),
          page('REST', 'docs/reference/rest'),
          page('API', 'api/'),
        ],
      },
      {
        text: 'Examples',
        items: ['headnotes', 'enrichment', 'products', 'transcripts', 'lessons'].map((name) =>
          page(name, `examples/${name}/`),
        ),
      },
      {
        text: 'Inside',
        items: [
          page('Architecture', 'ARCHITECTURE'),
          page('Crash points', 'docs/internals/crash-points'),
          page('Decisions', 'docs/decisions'),
          page('Contributing', 'CONTRIBUTING'),
          page('Changelog', 'CHANGELOG'),
        ],
      },
    ],
  },
})
