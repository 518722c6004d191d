"""How much of anything a reader takes, each with its reason."""

MIB = 1 << 20

# A record of ten fingers, sixteen views each, with every block the standards know is under 1 MiB.
MOST_RECORD_BYTES = 2 * MIB
# The standards know three; a vendor may add some.
MOST_BLOCKS = 64
# Sixteen views of ten fingers are 160; the older standards count views in one byte.
MOST_VIEWS = 255
# 14 rolled and plain impressions of 1,600 x 1,500 pixels, uncompressed, are 34 MiB; palms of both
# hands at 1,000 ppi, compressed, about as much.
MOST_TRANSACTION_BYTES = 128 * MIB
# A booking has 14 fingers, 8 palms, faces, marks and their minutiae: well under a hundred.
MOST_RECORDS = 999
# Everything before the image; a type 9 record of 255 minutiae with 8 neighbours each is 20 kB, one
# with the whole extended feature set some hundred.
MOST_TEXT_BYTES = 2 * MIB
# Of all the records of a transaction: text costs many times its bytes once it is taken apart.
MOST_TRANSACTION_TEXT = 4 * MIB
MOST_FIELDS = 1_000
# Minutiae of a latent palm: some 2,000, each a repeated subfield of 12 items and more.
MOST_SUBFIELDS = 20_000
MOST_ITEMS = 200_000
# Digits of a length or a number: 4 GB has ten, and no number in these files is longer.
MOST_DIGITS = 10
# 1,000 ppi of a whole hand is 5,000 x 10,000.
MOST_PIXELS = 64 * MIB
MOST_SIDE = 16_384
# A print at the usual 15:1 has some 20 pixels a byte, one on much white paper a hundred; a blank
# page compresses without end. Beyond, it is a bomb and no print.
MOST_WSQ_PIXELS_PER_BYTE = 200
MOST_WSQ_BYTES = 16 * MIB
# WSQ is for 500 ppi, of which a whole hand has some 10 million.
MOST_WSQ_PIXELS = 12_000_000
# Of a face image record: one portrait of 20 megapixels as JPEG.
MOST_FACE_RECORD_BYTES = 32 * MIB
MOST_FACES = 64
MOST_FEATURE_POINTS = 1_000
