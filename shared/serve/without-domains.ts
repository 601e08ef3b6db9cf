import domain from 'node:domain';

/**
 * functions-framework runs each request in a domain, to answer errors that a function throws outside of its promise.
 * The first domain of a process enables async hooks for every promise in it: on a laptop, where the API and the
 * database share the process, that took 20 ms of CPU for each photo. Darkroom's handlers answer every error themselves,
 * so they run without a domain.
 * @see docs/adr/0006-no-domains.md
 */
export function runWithoutDomains(): void {
  domain.create = () => plainDomain;
}

const plainDomain = {
  on: () => plainDomain,
  run: (work: () => unknown) => work(),
} as unknown as domain.Domain;
