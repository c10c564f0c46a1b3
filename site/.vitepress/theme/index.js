// The theme of VitePress without its fonts: a page looks as the machine of its reader does.
export { default } from 'vitepress/theme-without-fonts'
