import * as bucketListing from '#shared/scans/bucket-listing.ts';
import type { SamplesOf } from '../sample.ts';

const bucket = 'darkroom';
const scope = { bucket, store: 'minio', prefix: 'library/' };
const listed = [{ key: 'library/ann/a.jpg', version: 'v', sizeBytes: 1 }];
const lease = { bucket, holder: 'h', leaseSeconds: 60 };

export const samples: SamplesOf<typeof bucketListing> = {
  takeListing: (db) => bucketListing.takeListing(db, lease),
  beginListing: (db) => bucketListing.beginListing(db, bucket, 'h'),
  advanceListing: (db) =>
    bucketListing.advanceListing(db, lease, {
      phase: 'listing',
      cursor: 'library/ann/a.jpg',
      objects: 1,
      lostCreated: 1,
      lostRemoved: 0,
    }),
  async finishListing(db) {
    await bucketListing.finishListing(db, bucket, 'h', null);
    await bucketListing.finishListing(db, bucket, 'h', 'too many are missing');
  },
  renewListing: (db) => bucketListing.renewListing(db, lease),
  releaseListing: (db) => bucketListing.releaseListing(db, bucket, 'h'),
  async compareListed(db) {
    await bucketListing.compareListed(db, scope, { after: 'library/', upTo: 'library/ann/a.jpg' }, listed);
    await bucketListing.compareListed(db, scope, { after: 'library/ann/a.jpg', upTo: undefined }, []);
  },
  listKnownObjects: (db) => bucketListing.listKnownObjects(db, 'minio', ['library/ann/a.jpg']),
  countKnownObjects: (db) => bucketListing.countKnownObjects(db, scope),
  async addMissing(db, _rows, unrecorded) {
    await bucketListing.takeListing(unrecorded, lease);
    await bucketListing.addMissing(db, bucket, [{ key: 'library/ann/a.jpg', version: 'v' }]);
  },
  listMissing: (db) => bucketListing.listMissing(db, bucket, '', 100),
  countMissing: (db) => bucketListing.countMissing(db, bucket),
  listPublishedEvents: (db) => bucketListing.listPublishedEvents(db, '/darkroom/watch-minio', ['a']),
  approveMissing: (db) => bucketListing.approveMissing(db, bucket),
  findListing: (db) => bucketListing.findListing(db, bucket),
  noteNotification: (db) => bucketListing.noteNotification(db, bucket),
};
