/** Behind it are the paths of `https://api.together.ai/v1`. */
export const togetherPath = '/together/v1'
