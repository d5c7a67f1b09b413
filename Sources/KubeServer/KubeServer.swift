import Crypto
import GRDB
import Hummingbird
import HummingbirdTLS
import X509
