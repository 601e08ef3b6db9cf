import domain from 'node:domain';

/**
 * functions-framework runs each request in a domain of its own, to answer what a function throws outside of its
 * promise. The first domain of a process turns on async hooks for every promise in it: on a laptop, where the API and
 * the database share the process, that was 20 ms of CPU for each photo. Our handlers answer every error themselves, so
 * they are run without one. @see docs/adr/0006-no-domains.md
 */
export function runWithoutDomains(): void {
  domain.create = () => plainDomain;
}

const plainDomain = {
  on: () => plainDomain,
  run: (work: () => unknown) => work(),
} as unknown as domain.Domain;
