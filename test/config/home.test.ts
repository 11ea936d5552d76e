import { resolve } from 'node:path'
import { expect, test } from '@jest/globals'
import { resolveHome } from '../../src/config/home.ts'

test.each([
  [{ HOME: '/home/ann' }, '/home/ann/.bento'],
  [{ HOME: '/home/ann', BENTO_HOME: '' }, '/home/ann/.bento'],
  [{ HOME: '/home/ann', BENTO_HOME: '/data/bento' }, '/data/bento'],
  [{ HOME: '/home/ann', BENTO_HOME: '~/models' }, '/home/ann/models'],
  [{ HOME: '/home/$&', BENTO_HOME: '~' }, '/home/$&'],
  [{ HOME: '/home/ann', BENTO_HOME: '~bob/models' }, resolve('~bob/models')],
])('finds the home of %j', (env, home) => {
  expect(resolveHome(env)).toBe(home)
})
