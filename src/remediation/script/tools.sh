case $(git filter-repo -h 2>&1) in
*--sensitive-data-removal*) ;;
*) die "$T_NO_FILTER_REPO" ;;
esac
