import { expect, test } from '@jest/globals'
import { parseCookies, renderCookie } from '../../src/lib/cookies.ts'

test('renders a cookie as BentoML does, and with all that it can have', () => {
  expect(renderCookie('k', 'v')).toBe('k=v; Path=/; SameSite=lax')
  const options = {
    maxAge: 60,
    expires: new Date(0),
    domain: 'example.com',
    path: '/a',
    secure: true,
    httpOnly: true,
    sameSite: 'none',
  } as const
  expect(renderCookie('k', '', options)).toBe(
    'k=; Domain=example.com; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=60; Path=/a; SameSite=none; Secure',
  )
})

test.each([
  ['a name with a space', () => renderCookie('a b', 'v')],
  ['a value that ends the cookie', () => renderCookie('k', 'v; HttpOnly')],
  ['a value with a line break', () => renderCookie('k', 'v\r\nset-cookie: x=y')],
  ['a path with a line break', () => renderCookie('k', 'v', { path: '/\r\nx: y' })],
  ['a domain with an attribute', () => renderCookie('k', 'v', { domain: 'a; Secure' })],
])('refuses %s', (_what, render) => {
  expect(render).toThrow(expect.objectContaining({ code: 'OUTPUT_INVALID' }))
})

test('reads the cookies of a request', () => {
  expect(Object.fromEntries(parseCookies('a=1; b="two"; a=3; c; =d; e=f=g'))).toEqual({
    a: '1',
    b: 'two',
    e: 'f=g',
  })
  expect(parseCookies(undefined).size).toBe(0)
})
