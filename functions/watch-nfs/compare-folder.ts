import type { ScanFile } from '#shared/scans/scan-file.ts';
import type { FileFacts, Listing } from './directory-listing.ts';

/** What a listing changes in the known files. */
export interface FolderChanges {
  /** Rows to be written. */
  save: ScanFile[];
  /** Those of `save` that have settled: to be reported. */
  settled: ScanFile[];
  /** Names of rows to be forgotten. */
  forget: string[];
  counts: { new: number; changed: number; missing: number; returned: number };
}

export interface Observation {
  /** When the folder was listed. */
  at: Date;
  /** How long a file must have stayed the same before it is reported. */
  settleMs: number;
}

/** Compares a whole folder with the known files. A pure function of its arguments. */
export function compareFolder(
  directoryId: number,
  known: readonly ScanFile[],
  listing: Listing,
  observation: Observation,
): FolderChanges {
  const changes: FolderChanges = {
    save: [],
    settled: [],
    forget: [],
    counts: { new: 0, changed: 0, missing: 0, returned: 0 },
  };
  const left = new Map(known.map((file) => [file.name, file]));
  for (const facts of listing.files) {
    const file = left.get(facts.name);
    left.delete(facts.name);
    if (file === undefined) addNew(changes, directoryId, facts, observation);
    else compareFile(changes, file, facts, observation);
  }
  for (const { name, reason } of listing.refused) {
    const file = left.get(name);
    left.delete(name);
    if (file?.state !== 'refused' || file.reason !== reason) {
      changes.save.push(refusedFile(directoryId, name, reason, observation.at));
    }
  }
  for (const name of listing.unknown) {
    const file = left.get(name);
    left.delete(name);
    if (file?.state === 'settling') changes.save.push({ ...file, observedAt: observation.at });
  }
  for (const file of left.values()) missFile(changes, file, observation.at);
  return changes;
}

function addNew(changes: FolderChanges, directoryId: number, facts: FileFacts, { at }: Observation): void {
  changes.counts.new += 1;
  changes.save.push({
    directoryId,
    ...facts,
    state: 'settling',
    reportedVersion: null,
    observedAt: at,
    missingSince: null,
    missingScans: 0,
    reason: null,
  });
}

function compareFile(changes: FolderChanges, file: ScanFile, facts: FileFacts, { at, settleMs }: Observation): void {
  const isSame = file.version === facts.version && file.sizeBytes === facts.sizeBytes;
  const present = { ...file, ...facts, missingSince: null, missingScans: 0, reason: null };
  if (file.state === 'missing') changes.counts.returned += 1;
  if (file.state === 'reported' || file.state === 'missing') {
    if (facts.version !== file.reportedVersion) {
      changes.counts.changed += 1;
      changes.save.push({ ...present, state: 'settling', observedAt: at });
    } else if (file.state === 'missing' || file.inode !== facts.inode || file.ctimeNs !== facts.ctimeNs) {
      changes.save.push({ ...present, state: 'reported' });
    }
    return;
  }
  if (file.state !== 'settling') {
    changes.counts.returned += 1;
    changes.save.push({ ...present, state: 'settling', observedAt: at });
    return;
  }
  const ageMs = at.getTime() - file.observedAt.getTime();
  const isQuiet = isSame && file.ctimeNs === facts.ctimeNs && file.inode === facts.inode;
  // A clock that went backwards proves nothing.
  if (!isQuiet || ageMs < 0) changes.save.push({ ...present, observedAt: at });
  else if (facts.sizeBytes > 0 && ageMs >= settleMs) {
    const settled: ScanFile = { ...present, state: 'reported', reportedVersion: facts.version };
    changes.save.push(settled);
    changes.settled.push(settled);
  }
}

function refusedFile(directoryId: number, name: string, reason: string, at: Date): ScanFile {
  return {
    directoryId,
    name,
    state: 'refused',
    reason,
    sizeBytes: 0,
    version: '',
    reportedVersion: null,
    ctimeNs: 0n,
    inode: 0n,
    observedAt: at,
    missingSince: null,
    missingScans: 0,
  };
}

/** A file that was never reported is forgotten; a reported one is missing until it is back or known to be removed. */
function missFile(changes: FolderChanges, file: ScanFile, at: Date): void {
  if (file.state === 'missing' || file.state === 'removed') return;
  if (file.reportedVersion === null) {
    changes.forget.push(file.name);
    return;
  }
  changes.counts.missing += 1;
  changes.save.push({ ...file, state: 'missing', missingSince: at, missingScans: 0 });
}
